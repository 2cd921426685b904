package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"gorm.io/gorm/clause"

	"snowdrop/internal/forum"
)

const (
	// searchDepth is how many matches are ranked, the newest: ranking all posts
	// that hold a common word would take seconds in a large community.
	searchDepth = 1000
	searchTerms = 20 // words of a question that count …
	searchTerm  = 64 // … and how many characters of each
)

// Search finds the posts that hold all the words, in any form and with or
// without accents, among those that the actor may read in a thread that they may
// open. The best come first, of equally good ones the newest. Words that nearly
// every post holds are left out of the question. Whatever is asked, it is no error.
func (s *Store) Search(ctx context.Context, a forum.Actor, q forum.SearchQuery) ([]forum.PostRow, error) {
	words := terms(q.Words)
	if len(words) == 0 {
		return nil, nil
	}
	// found is the newest matches, rows are those with what they are ranked by.
	found, rows := s.on(ctx).Table("post_search"), s.posts(ctx, a.ID)
	const best = " DESC, p.created_at DESC, p.id DESC"
	if s.kind == onPostgres {
		const ask = "plainto_tsquery('pg_catalog.english', search_fold(?))"
		asked := strings.Join(words, " ")
		found = found.Select("post_search.post_id AS id").Order("post_search.post_id DESC").
			Joins("JOIN posts p ON p.id = post_search.post_id").Where("post_search.words @@ "+ask, asked)
		// The flag 1 lets a word count for more in a short post.
		rows = rows.Joins("JOIN post_search ON post_search.post_id = p.id").
			Order(clause.OrderBy{Expression: clause.Expr{SQL: "ts_rank(post_search.words, " + ask + ", 1)" + best, Vars: []any{asked}}})
	} else {
		// Quoted, a word is never an operator. bm25 is smaller for better matches.
		found = found.Select("p.id, -bm25(post_search, 8.0, 1.0) AS score").Order("post_search.rowid DESC").
			Joins("CROSS JOIN posts p ON p.id = post_search.rowid").
			Where("post_search MATCH ?", `"`+strings.Join(words, `" "`)+`"`)
		rows = rows.Order("found.score" + best)
	}
	found = found.Joins("JOIN threads t ON t.id = p.thread_id").Scopes(s.visibleTo(a), opened(a), listed(a, q.Sieve, "p", "t")).Limit(searchDepth)
	if q.Topic != "" {
		found = found.Where("t.topic = ?", q.Topic)
	}
	var list []forum.PostRow
	err := rows.Joins("JOIN (?) found ON found.id = p.id", found).Limit(q.Limit).Offset(q.Offset).Find(&list).Error
	return list, fault("search", err)
}

// terms splits a question into words of letters and digits, without the common
// ones. Everything else in it, operators and broken characters too, only
// separates words.
func terms(asked string) []string {
	var words []string
	seen := map[string]bool{}
	for word := range strings.FieldsFuncSeq(asked, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Mn, r)
	}) {
		word = strings.ToLower(word)
		if runes := []rune(word); len(runes) > searchTerm {
			word = string(runes[:searchTerm])
		}
		if seen[word] || common[word] || !strings.ContainsFunc(word, func(r rune) bool { return !unicode.Is(unicode.Mn, r) }) {
			continue
		}
		seen[word] = true
		if words = append(words, word); len(words) == searchTerms {
			break
		}
	}
	return words
}

// common are the words that PostgreSQL's English search leaves out. SQLite would
// look for them, and so find nothing for most whole sentences.
var common = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(`i me my myself we our ours ourselves you your yours yourself yourselves
		he him his himself she her hers herself it its itself they them their theirs themselves
		what which who whom this that these those am is are was were be been being
		have has had having do does did doing a an the and but if or because as until while
		of at by for with about against between into through during before after above below
		to from up down in out on off over under again further then once here there when where why how
		all any both each few more most other some such no nor not only own same so than too very
		s t can will just don should now`) {
		set[word] = true
	}
	return set
}()

// bulkSearchSQLite indexes an invention, whose posts went in without the trigger
// that would have done it one by one, and puts the trigger back.
func bulkSearchSQLite(ctx context.Context, tx *sql.Tx, made *invention, trigger string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO post_search (rowid, title, body)
		SELECT id, title, body FROM searchable_posts WHERE id >= ?`, made.first[1])
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, trigger)
	return err
}

// bulkSearchPostgres indexes an invention, whose posts went in with the trigger
// off: one by one it takes ten times as long. Many posts share a body, so that
// each body is read once, and the index is made at the end.
func bulkSearchPostgres(ctx context.Context, tx pgx.Tx, made *invention) error {
	opening, comment, err := readBodies(ctx, tx, made.plan.Bodies)
	if err != nil {
		return err
	}
	var index string
	if err := tx.QueryRow(ctx, "SELECT pg_get_indexdef('post_search_words'::regclass)").Scan(&index); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DROP INDEX post_search_words; SET LOCAL maintenance_work_mem = '256MB'"); err != nil {
		return err
	}
	rows := pgx.CopyFromSlice(len(made.posts), func(i int) ([]any, error) {
		p := &made.posts[i]
		if p.opening {
			return []any{made.first[1] + int64(i), opening[p.body]}, nil
		}
		return []any{made.first[1] + int64(i), comment[p.body]}, nil
	})
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"post_search"}, []string{"post_id", "words"}, rows); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, index)
	return err
}

// readBodies has PostgreSQL read each body, as an opening's under its title and
// as a comment's.
func readBodies(ctx context.Context, tx pgx.Tx, bodies []string) (opening, comment []pgtype.TSVector, err error) {
	titles := make([]string, len(bodies))
	for i, body := range bodies {
		titles[i] = firstWords(body)
	}
	found, err := tx.Query(ctx, `SELECT search_words(b.title, b.body), search_words('', b.body)
		FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS b (title, body, place) ORDER BY b.place`, titles, bodies)
	if err != nil {
		return nil, nil, err
	}
	var o, c pgtype.TSVector
	_, err = pgx.ForEachRow(found, []any{&o, &c}, func() error {
		opening, comment = append(opening, o), append(comment, c)
		return nil
	})
	if err == nil && len(comment) != len(bodies) {
		err = fmt.Errorf("read %d of %d bodies", len(comment), len(bodies))
	}
	return opening, comment, err
}
