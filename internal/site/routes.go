package site

import "snowdrop/internal/forum"

// who says who may use a route. There is no default: a test refuses a route
// without one.
type who string

const (
	anyone     who = "anyone"
	members    who = "members"    // others are asked to sign in
	writers    who = "writers"    // members; the words of others are kept until they sign in
	answerers  who = "answerers"  // midwives; the words of others are kept until they sign in
	moderators who = "moderators" // moderators and leads
	leads      who = "leads"      // safeguarding leads
	midwives   who = "midwives"   // with a registration that stands
	recorders  who = "recorders"  // moderators, leads and admins
	keepers    who = "keepers"    // leads and admins
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
	case leads:
		return a.Has(forum.RoleLead)
	case midwives:
		return a.Midwife()
	case answerers:
		return !a.SignedIn() || a.Midwife()
	case keepers:
		return a.Keeps()
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
	{"POST", "/topics/:slug/choice", members, (*Server).chooseTopic},
	{"GET", "/threads/new", members, (*Server).newThread},
	{"POST", "/threads", writers, (*Server).postThread},
	{"GET", "/threads/:id", anyone, (*Server).showThread},
	{"GET", "/threads/:id/:slug", anyone, (*Server).showThread},
	{"POST", "/threads/:id/comments", writers, (*Server).postComment},

	{"POST", "/posts/:id/mute", members, (*Server).mutePost},
	{"GET", "/posts/:id/know", members, (*Server).askKnow},
	{"POST", "/posts/:id/know", members, (*Server).knowPost},
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

	{"GET", "/sign-in/code", anyone, (*Server).showCode},
	{"POST", "/sign-in/code", anyone, (*Server).signInCode},
	{"GET", "/forgot", anyone, (*Server).showForgot},
	{"POST", "/forgot", anyone, (*Server).forgot},
	{"GET", "/me/security", members, (*Server).showSecurity},
	{"POST", "/me/security/email", members, (*Server).changeEmail},
	{"POST", "/me/security/letter", members, (*Server).askLetter},
	{"POST", "/me/security/password", members, (*Server).changePassword},
	{"POST", "/me/security/sessions", members, (*Server).endSessions},
	{"GET", "/me/second-step", members, (*Server).showFactor},
	{"POST", "/me/second-step", members, (*Server).turnOnFactor},
	{"POST", "/me/second-step/prove", members, (*Server).proveFactor},
	{"POST", "/me/second-step/codes", members, (*Server).renewCodes},
	{"POST", "/me/second-step/off", members, (*Server).turnOffFactor},
	{"POST", "/me/second-step/passkeys", members, (*Server).addPasskey},
	{"POST", "/me/second-step/passkeys/:id/remove", members, (*Server).removePasskey},

	{"GET", "/me", members, (*Server).showMe},
	{"GET", "/me/data", members, (*Server).showData},
	{"POST", "/me/data", members, (*Server).downloadData},
	{"GET", "/me/leave", members, (*Server).showDeparture},
	{"POST", "/me/leave", members, (*Server).depart},
	{"POST", "/me/stay", members, (*Server).comeBack},
	{"GET", "/me/choices", members, (*Server).showChoices},
	{"POST", "/me/choices", members, (*Server).chooseMatters},
	{"POST", "/me/choices/words", members, (*Server).chooseSpeech},
	{"POST", "/me/choices/know", members, (*Server).knowName},
	{"POST", "/me/choices/undo", members, (*Server).undoTie},
	{"GET", "/me/name", members, (*Server).showRename},
	{"POST", "/me/name", members, (*Server).rename},
	{"GET", "/me/notices", members, (*Server).showNotices},
	{"GET", "/me/drafts", members, (*Server).showDrafts},
	{"POST", "/me/drafts", writers, (*Server).saveDraft},
	{"POST", "/me/drafts/:id/drop", members, (*Server).dropDraft},
	{"POST", "/me/decisions/:id/appeal", members, (*Server).appealDecision},
	{"POST", "/me/decisions/:id/note", writers, (*Server).noteAppeal},
	{"GET", "/care/:case", members, (*Server).showCare},
	{"POST", "/care/:case", writers, (*Server).answerCare},

	{"GET", "/search", anyone, (*Server).showSearch},
	{"GET", "/articles", anyone, (*Server).showArticles},
	{"GET", "/articles/:slug", anyone, (*Server).showArticle},
	{"GET", "/help", anyone, (*Server).showHelp},
	{"GET", "/leave", anyone, (*Server).leave},
	{"GET", "/leaving", anyone, (*Server).showLeaving},
	{"GET", "/safety", anyone, (*Server).showSafety},
	{"GET", "/openness", anyone, (*Server).showOpenness},
	{"GET", "/privacy", anyone, (*Server).showPrivacy},
	{"GET", "/accessibility", anyone, (*Server).showAccessibility},

	{"GET", "/queue", moderators, (*Server).showQueue},
	{"GET", "/queue/live", moderators, (*Server).showLive},
	{"POST", "/queue/next", moderators, (*Server).nextCase},
	{"GET", "/queue/adverts", moderators, (*Server).showSpam},
	{"POST", "/queue/adverts", moderators, (*Server).removeSpam},
	{"GET", "/queue/rest", moderators, (*Server).showRest},
	{"GET", "/queue/shift", moderators, (*Server).showShift},
	{"POST", "/queue/pause", moderators, (*Server).pauseShift},
	{"GET", "/queue/shifts", leads, (*Server).showShifts},
	{"POST", "/queue/training", leads, (*Server).setTraining},
	{"GET", "/queue/:case", moderators, (*Server).showCase},
	{"POST", "/queue/:case/claim", moderators, (*Server).claimCase},
	{"POST", "/queue/:case/release", moderators, (*Server).releaseCase},
	{"POST", "/queue/:case/take", moderators, (*Server).takeCase},
	{"POST", "/queue/:case/pass", moderators, (*Server).passCase},
	{"POST", "/queue/:case/look", moderators, (*Server).lookCase},
	{"POST", "/queue/:case/care", moderators, (*Server).writeCare},
	{"POST", "/queue/:case/note", moderators, (*Server).noteCase},
	{"GET", "/queue/:case/sealed", leads, (*Server).showSealed},
	{"POST", "/queue/:case/sealed", leads, (*Server).useSealed},
	{"POST", "/queue/:case/decisions", moderators, (*Server).decideCase},
	{"GET", "/posts/:id/note", moderators, (*Server).askNote},
	{"POST", "/posts/:id/note", moderators, (*Server).notePost},
	{"GET", "/rules", moderators, (*Server).showRules},
	{"POST", "/rules", moderators, (*Server).tryRules},
	{"GET", "/questions", midwives, (*Server).showQuestions},
	{"POST", "/questions/:id/answer", answerers, (*Server).answerConsult},
	{"POST", "/questions/:id/claim", midwives, (*Server).claimQuestion},
	{"POST", "/questions/:id/release", midwives, (*Server).releaseQuestion},
	{"GET", "/questions/parts", midwives, (*Server).showBlocks},
	{"POST", "/threads/:id/blocks", midwives, (*Server).insertBlock},
	{"GET", "/posts/:id/second", midwives, (*Server).askSecond},
	{"POST", "/posts/:id/second", answerers, (*Server).giveSecond},
	{"GET", "/record", recorders, (*Server).showRecord},

	{"GET", "/me/midwife", members, (*Server).showApply},
	{"POST", "/me/midwife", members, (*Server).apply},
	{"GET", "/midwives", keepers, (*Server).showApplications},
	{"GET", "/midwives/:id", keepers, (*Server).showApplication},
	{"POST", "/midwives/:id/open", keepers, (*Server).openApplication},
	{"POST", "/midwives/:id/check", keepers, (*Server).checkApplication},
	{"GET", "/people", keepers, (*Server).showPeople},
	{"GET", "/people/:id", keepers, (*Server).showPerson},
	{"POST", "/people/:id/roles", keepers, (*Server).grantRole},
	{"POST", "/people/:id/take", keepers, (*Server).takeRole},
	{"POST", "/people/:id/midwife", keepers, (*Server).revokeMidwife},
	{"POST", "/people/:id/address", keepers, (*Server).openAddress},
	{"POST", "/roles/:id", keepers, (*Server).signRole},

	{"GET", "/static/:name", anyone, (*Server).serveStatic},
	{"GET", "/robots.txt", anyone, (*Server).showRobots},
	{"GET", "/healthz", anyone, (*Server).showHealth},
	{"GET", "/readyz", anyone, (*Server).showReady},
}
