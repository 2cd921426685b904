package site

import (
	"time"

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
		o.Reasons = append(o.Reasons, forum.Reason{
			Code: r.Code, Title: r.Title, Guideline: r.Guideline, Author: r.Author, Reporter: r.Reporter,
			Welfare: r.Welfare, Illegal: r.Illegal, Strike: forum.Strike(r.Strike), Second: forum.Second(r.Second),
		})
	}
	hours := map[string]*forum.Hours{}
	for _, h := range s.Hours {
		hours[h.Name] = week(h, s.TimeZone)
	}
	o.Staffed = hours["staffed"]
	for _, c := range s.Clocks {
		o.Clocks[moderation.Band(c.Band)] = forum.Clock{Look: c.Look, Decide: c.Decide, Hours: hours[c.Hours]}
	}
	o.Reserve = forum.Reserve{Every: s.Queue.ReserveEvery, Bands: bands(s.Queue.ReserveBands)}
	o.ShiftLimit = forum.ShiftLimit{Cases: s.Queue.RestCases, Heavy: s.Queue.RestHeavy}
	o.MostSpam, o.MailHours = s.Queue.MostSpam, hours["mail"]
	o.Midwifery = midwifery(s, hours["midwives"])
	o.TrainedOnly, o.StrikeLife = bands(s.Queue.TrainedOnly), s.Queue.StrikeLife
	o.Retention = forum.Retention(s.Retention)
	return o
}

// week turns hours that were checked when the site data was read.
func week(h config.Hours, zone string) *forum.Hours {
	days, err := h.Week()
	if err != nil {
		return nil
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	w := &forum.Hours{Zone: place}
	for i, d := range days {
		w.Days[i] = forum.Span{From: d[0], Until: d[1]}
	}
	return w
}

func bands(names []string) []moderation.Band {
	var list []moderation.Band
	for _, n := range names {
		list = append(list, moderation.Band(n))
	}
	return list
}
