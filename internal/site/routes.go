package site

import "snowdrop/internal/forum"

// who says who may use a route. There is no default: a test refuses a route
// without one.
type who string

const (
	anyone     who = "anyone"
	members    who = "members"    // others are asked to sign in
	writers    who = "writers"    // members; the words of others are kept until they sign in
	moderators who = "moderators" // moderators and leads
	midwives   who = "midwives"   // with a registration that stands
	recorders  who = "recorders"  // moderators, leads and admins
)

// may says whether an actor may use a route of this kind.
func (w who) may(a forum.Actor) bool {
	switch w {
	case anyone, writers: // the forum itself answers SignedOut to writers, so that their words are kept
		return true
	case members:
		return a.SignedIn()
	case moderators:
		return a.Moderates()
	case midwives:
		return a.Midwife()
	case recorders:
		return a.Moderates() || a.Has(forum.RoleAdmin)
	}
	return false
}

type route struct {
	method, path string
	who          who
	do           func(*Server, *request) error
}

// routes is every route there is.
var routes = []route{
	{"GET", "/", anyone, (*Server).showHome},
	{"GET", "/topics/:slug", anyone, (*Server).showTopic},
	{"GET", "/threads/new", members, (*Server).newThread},
	{"POST", "/threads", writers, (*Server).postThread},
	{"GET", "/threads/:id", anyone, (*Server).showThread},
	{"GET", "/threads/:id/:slug", anyone, (*Server).showThread},
	{"POST", "/threads/:id/comments", writers, (*Server).postComment},

	{"GET", "/posts/:id/edit", members, (*Server).editPost},
	{"POST", "/posts/:id/edit", writers, (*Server).saveEdit},
	{"GET", "/posts/:id/withdraw", members, (*Server).askWithdraw},
	{"POST", "/posts/:id/withdraw", members, (*Server).withdrawPost},
	{"POST", "/posts/:id/support", members, (*Server).supportPost},
	{"GET", "/posts/:id/report", anyone, (*Server).askReport},
	{"POST", "/posts/:id/report", anyone, (*Server).reportPost},
	{"GET", "/posts/:id/reported", anyone, (*Server).showReported},

	{"GET", "/join", anyone, (*Server).showJoin},
	{"POST", "/join", anyone, (*Server).join},
	{"GET", "/sign-in", anyone, (*Server).showSignIn},
	{"POST", "/sign-in", anyone, (*Server).signIn},
	{"POST", "/sign-out", anyone, (*Server).signOut},
	{"GET", "/link/:token", anyone, (*Server).showLink},
	{"POST", "/link/:token", anyone, (*Server).followLink},

	{"GET", "/me", members, (*Server).showMe},
	{"GET", "/me/notices", members, (*Server).showNotices},
	{"GET", "/me/drafts", members, (*Server).showDrafts},
	{"POST", "/me/drafts", writers, (*Server).saveDraft},
	{"POST", "/me/drafts/:id/drop", members, (*Server).dropDraft},

	{"GET", "/search", anyone, (*Server).showSearch},
	{"GET", "/articles", anyone, (*Server).showArticles},
	{"GET", "/articles/:slug", anyone, (*Server).showArticle},
	{"GET", "/help", anyone, (*Server).showHelp},
	{"GET", "/leave", anyone, (*Server).leave},
	{"GET", "/leaving", anyone, (*Server).showLeaving},
	{"GET", "/safety", anyone, (*Server).showSafety},
	{"GET", "/privacy", anyone, (*Server).showPrivacy},
	{"GET", "/accessibility", anyone, (*Server).showAccessibility},

	{"GET", "/queue", moderators, (*Server).showQueue},
	{"GET", "/queue/:case", moderators, (*Server).showCase},
	{"POST", "/queue/:case/claim", moderators, (*Server).claimCase},
	{"POST", "/queue/:case/release", moderators, (*Server).releaseCase},
	{"POST", "/queue/:case/decisions", moderators, (*Server).decideCase},
	{"GET", "/rules", moderators, (*Server).showRules},
	{"POST", "/rules", moderators, (*Server).tryRules},
	{"GET", "/questions", midwives, (*Server).showQuestions},
	{"GET", "/record", recorders, (*Server).showRecord},

	{"GET", "/static/:name", anyone, (*Server).serveStatic},
	{"GET", "/robots.txt", anyone, (*Server).showRobots},
	{"GET", "/healthz", anyone, (*Server).showHealth},
	{"GET", "/readyz", anyone, (*Server).showReady},
}
