package config

import "time"

// Retention is how long things are kept. Each of them is said on the privacy page.
type Retention struct {
	Leave     time.Duration `yaml:"leave"`     // in which somebody who leaves can come back
	Safety    time.Duration `yaml:"safety"`    // locked copies of what a safety case demands
	Notices   time.Duration `yaml:"notices"`   // after they were written
	Revisions time.Duration `yaml:"revisions"` // earlier wordings of a post
	Devices   time.Duration `yaml:"devices"`   // which kinds of browser somebody signed in with
	Reports   time.Duration `yaml:"reports"`   // the words of a report, once its case is closed
	// Unconfirmed is after how long an account goes whose address was never confirmed.
	Unconfirmed time.Duration `yaml:"unconfirmed"`
}

func (s *Site) checkRetention(fault func(string, ...any)) {
	const day = 24 * time.Hour
	r := s.Retention
	for name, life := range map[string]time.Duration{
		"leave": r.Leave, "safety": r.Safety, "notices": r.Notices, "revisions": r.Revisions, "devices": r.Devices, "reports": r.Reports, "unconfirmed": r.Unconfirmed,
	} {
		if life < day || life%day != 0 {
			fault("retention: %s needs a time of whole days, such as 336h", name)
		}
	}
}
