package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asvs is the list of OWASP ASVS 5.0.0: by section, the level of each of its
// requirements in order. Levels 1 and 2 are 253 of the 345.
var asvs = map[string]string{
	"1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
	"2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
	"3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333",
	"4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
	"5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
	"6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223", "6.7": "33", "6.8": "2222",
	"7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
	"8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
	"9.1": "111", "9.2": "1222",
	"10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22", "10.7": "222",
	"11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
	"12.1": "12233", "12.2": "11", "12.3": "22223",
	"13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
	"14.1": "22", "14.2": "12223333", "14.3": "122",
	"15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
	"16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
	"17.1": "23", "17.2": "22223333", "17.3": "22",
}

// testNames lists the names of all tests of the repository.
func testNames(t *testing.T, root string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestTheSecurityTableIsWhole holds docs/asvs.md against the list of requirements
// and against the tests that there really are.
func TestTheSecurityTableIsWhole(t *testing.T) {
	text, err := os.ReadFile("../../docs/asvs.md")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for section, levels := range asvs {
		for i, level := range levels {
			if level != '3' {
				want[fmt.Sprintf("%s.%d", section, i+1)] = string(level)
			}
		}
	}
	if len(want) != 253 {
		t.Fatalf("%d requirements", len(want))
	}
	tests := testNames(t, "../..")
	named, stands := regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`), regexp.MustCompile(`^(held|built|apart|open): \S`)
	document := regexp.MustCompile(`(?:docs|internal)/[a-z/]+\.(?:md|go|txt)`)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 2 || !regexp.MustCompile(`^ \d+\.\d+\.\d+ $`).MatchString(cells[0]) {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		id := cells[0]
		level, known := want[id]
		delete(want, id)
		switch {
		case !known:
			t.Errorf("%s is not a requirement, or stands there twice", id)
		case len(cells) != 4 || cells[2] == "" || !stands.MatchString(cells[3]):
			t.Errorf("%s has a cell that is empty or not understood", id)
			continue
		case cells[1] != level:
			t.Errorf("%s is of level %s, not %s", id, level, cells[1])
		}
		list := named.FindAllString(cells[3], -1)
		if strings.HasPrefix(cells[3], "held:") && len(list) == 0 {
			t.Errorf("%s is held by no test", id)
		}
		for _, name := range list {
			if !tests[name] {
				t.Errorf("%s names %s, which is not there", id, name)
			}
		}
		for _, path := range document.FindAllString(cells[3], -1) {
			if _, err := os.Stat("../../" + path); err != nil {
				t.Errorf("%s names %s, which is not there", id, path)
			}
		}
	}
	for id := range want {
		t.Errorf("%s is missing", id)
	}
}
