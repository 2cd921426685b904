package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"snowdrop/moderation"
)

type triageCommand struct {
	Read triageRead `cmd:"" default:"withargs" help:"Read JSON Lines, or one text with --explain, from a file or from standard input."`
	Test triageTest `cmd:"" help:"Run every rule's examples, and measure triage on the corpus."`
}

type triageRead struct {
	File    string `arg:"" optional:"" help:"What to read; nothing or - means standard input. A file called test is ./test."`
	Explain bool   `help:"Read one plain text and say what triage makes of it, and why."`
}

// Run answers each line {"id", "text"} with its assessment, or explains one text.
func (t triageRead) Run(s *session) (err error) {
	engine, err := loadRules(s.settings.RulesDir)
	if err != nil {
		return err
	}
	in := s.in
	if t.File != "" && t.File != "-" {
		file, err := os.Open(t.File)
		if err != nil {
			return fmt.Errorf("open the texts: %w", err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		in = file
	}
	if t.Explain {
		return explain(s, engine, in)
	}
	return s.triage(engine, in)
}

// maxLine is how many bytes a line of texts, or one text, may have.
const maxLine = 1 << 20

// textLine is one line of input, or why there is none.
type textLine struct {
	data []byte
	err  error // io.EOF after the last; errTooLong for a line that was skipped
}

var errTooLong = fmt.Errorf("longer than %d bytes", maxLine)

// triage answers line by line, and holds no more than a few of them in memory. A
// line that cannot be read is said to be so, and the others are still answered.
func (s *session) triage(engine *moderation.Engine, in io.Reader) (err error) {
	out := bufio.NewWriter(s.out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	encode := json.NewEncoder(out)
	encode.SetEscapeHTML(false)
	// Reading has a goroutine of its own, so that an interrupt ends the command
	// even while nothing comes in.
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	lines := make(chan textLine, 4)
	go readLines(ctx, in, lines)
	unread := 0
	for number := 1; ; number++ {
		if len(lines) == 0 { // whoever writes the texts may wait for the answers
			if err := out.Flush(); err != nil {
				return fmt.Errorf("write the answers before line %d: %w", number, err)
			}
		}
		var line textLine
		select {
		case <-ctx.Done():
			return fmt.Errorf("stopped before line %d: %w", number, ctx.Err())
		case line = <-lines:
		}
		if line.err == io.EOF {
			break
		}
		if line.err != nil && line.err != errTooLong {
			return fmt.Errorf("read line %d: %w", number, line.err)
		}
		fault := line.err
		if fault == nil {
			if len(bytes.TrimSpace(line.data)) == 0 {
				continue
			}
			var answer *triageAnswer
			if answer, fault = answerLine(engine, line.data); fault == nil {
				if err := encode.Encode(answer); err != nil {
					return fmt.Errorf("write the answer to line %d: %w", number, err)
				}
			}
		}
		if fault != nil {
			unread++
			fmt.Fprintf(s.faults, "line %d: %v\n", number, fault)
		}
	}
	switch unread {
	case 0:
		return nil
	case 1:
		return errors.New("one line could not be read; the others were answered")
	}
	return fmt.Errorf("%d lines could not be read; the others were answered", unread)
}

// readLines sends every line, without its end, until the last or the end of ctx.
func readLines(ctx context.Context, in io.Reader, lines chan<- textLine) {
	r := bufio.NewReaderSize(in, 64<<10)
	first := true
	for {
		line := nextLine(r)
		if first {
			line.data = bytes.TrimPrefix(line.data, []byte("\uFEFF"))
		}
		first = false
		select {
		case lines <- line:
		case <-ctx.Done():
			return
		}
		if line.err != nil && line.err != errTooLong {
			return
		}
	}
}

// nextLine reads one line. Of one that is too long it keeps nothing.
func nextLine(r *bufio.Reader) textLine {
	var data []byte
	size := 0
	for {
		piece, err := r.ReadSlice('\n')
		size += len(piece)
		if size <= maxLine+2 { // with its end
			data = append(data, piece...)
		} else {
			data = nil
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && size == 0, err != nil && err != io.EOF:
			return textLine{err: err}
		}
		body := bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
		if size > maxLine+2 || len(body) > maxLine {
			return textLine{err: errTooLong}
		}
		return textLine{data: body}
	}
}

// triageAnswer is one line of output. Its fields are part of the public contract.
type triageAnswer struct {
	ID          json.RawMessage        `json:"id"`
	Band        moderation.Band        `json:"band"`
	Mind        int                    `json:"mind"`
	Body        int                    `json:"body"`
	Tags        []moderation.Tag       `json:"tags"`
	Disposition moderation.Disposition `json:"disposition"`
	Findings    []triageFinding        `json:"findings"`
}

type triageFinding struct {
	Category string `json:"category"`
	Rule     string `json:"rule"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Quote    string `json:"quote"`
	Why      string `json:"why"`
}

// answerLine assesses one line of input. Its errors never quote the text.
func answerLine(engine *moderation.Engine, data []byte) (*triageAnswer, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not valid UTF-8")
	}
	// A map, because a struct would take "Text" for "text".
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return nil, errors.New("not a JSON object")
	}
	id := fields["id"]
	if len(id) == 0 || id[0] != '"' && id[0] != '-' && (id[0] < '0' || id[0] > '9') {
		return nil, errors.New(`no "id" that is a string or a number`)
	}
	var text *string
	if err := json.Unmarshal(fields["text"], &text); err != nil || text == nil {
		return nil, errors.New(`no "text" that is a string`)
	}
	a, err := assess(engine, *text)
	if err != nil {
		return nil, err
	}
	answer := &triageAnswer{
		ID: id, Band: a.Band, Mind: a.Mind, Body: a.Body, Tags: a.Tags, Disposition: a.Disposition, Findings: []triageFinding{},
	}
	for _, f := range a.Findings {
		if !f.Cancelled {
			answer.Findings = append(answer.Findings, triageFinding{f.Category, f.Rule, f.Start, f.End, f.Quote, f.Why})
		}
	}
	return answer, nil
}

// assess reads a text. A fault in triage is an error here; the site holds the post.
func assess(engine *moderation.Engine, text string) (a moderation.Assessment, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = errors.New("triage failed on it; the site would hold such a post for human eyes")
		}
	}()
	return engine.Assess(text), nil
}

// readText reads one whole text.
func readText(in io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxLine+1))
	if err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	if len(data) > maxLine {
		return "", fmt.Errorf("the text is %w", errTooLong)
	}
	if !utf8.Valid(data) {
		return "", errors.New("the text is not valid UTF-8")
	}
	text := strings.TrimSpace(strings.ReplaceAll(strings.TrimPrefix(string(data), "\uFEFF"), "\r\n", "\n"))
	if text == "" {
		return "", errors.New("there is no text to read")
	}
	return text, nil
}
