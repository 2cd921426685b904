package site

import (
	"time"

	"snowdrop/config"
	"snowdrop/internal/forum"
)

// midwifery says in the forum's words what the site data says about midwives.
func midwifery(s *config.Site, hours *forum.Hours) forum.Midwifery {
	m := forum.Midwifery{Hours: hours, Recheck: s.Midwives.Recheck, Remind: s.Midwives.Remind, AnswerLife: s.Midwives.AnswerLife}
	for _, b := range s.Midwives.Blocks {
		until, err := time.Parse(time.DateOnly, b.ReviewBy)
		if err != nil {
			until = time.Time{} // was checked when the site data was read; a block without a date is never used
		}
		m.Blocks = append(m.Blocks, forum.AnswerBlock{Slug: b.Slug, Title: b.Title, Version: b.Version, Text: s.Fill(b), Source: b.Source, SignedOff: b.SignedOff, ReviewBy: until})
	}
	return m
}
