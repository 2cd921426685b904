package forum

// Audience is who may read.
type Audience string

const (
	AudiencePublic  Audience = "public"  // anyone, also search engines
	AudienceMembers Audience = "members" // people with an account
)

// Topic is one room of the forum, from the site data.
type Topic struct {
	Slug        string
	Title       string
	Description string
	Audience    Audience
	Disclaimer  string // the health-concern disclaimer of its threads, small Markdown
	Note        string // said on the topic's page; may be empty
}

// Topics is the topics in the order of the front page.
type Topics []Topic

// Find returns the topic with the slug.
func (ts Topics) Find(slug string) (Topic, bool) {
	for _, t := range ts {
		if t.Slug == slug {
			return t, true
		}
	}
	return Topic{}, false
}

// Public lists the slugs that anyone may read.
func (ts Topics) Public() []string {
	var slugs []string
	for _, t := range ts {
		if t.Audience == AudiencePublic {
			slugs = append(slugs, t.Slug)
		}
	}
	return slugs
}
