package site

import (
	"snowdrop/config"
	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

// ForumOptions says in the forum's words what the charity's site data says.
func ForumOptions(s *config.Site, articles []forum.Article) forum.Options {
	o := forum.Options{Articles: articles, HoldFirstPosts: s.HoldFirstPosts, Clocks: map[moderation.Band]forum.Clock{}}
	for _, t := range s.Topics {
		o.Topics = append(o.Topics, forum.Topic{
			Slug: t.Slug, Title: t.Title, Description: t.Description, Audience: forum.Audience(t.Audience), Disclaimer: t.Disclaimer, Note: t.Note,
		})
	}
	for _, r := range s.Reasons {
		o.Reasons = append(o.Reasons, forum.Reason{Code: r.Code, Title: r.Title, Author: r.Author, Reporter: r.Reporter, Welfare: r.Welfare})
	}
	for _, c := range s.Clocks {
		o.Clocks[moderation.Band(c.Band)] = forum.Clock{Look: c.Look, Decide: c.Decide}
	}
	return o
}
