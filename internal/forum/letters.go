package forum

import (
	"fmt"
	"strings"
)

// The letters. They are short and name neither the person nor what the site is
// about: somebody else may see them.

func letterConfirm(link string) string {
	return lines("Hello,",
		"Somebody, we hope you, gave this address on our site. To confirm that it is yours, open this page and press the button:",
		link,
		"The link works once, for one hour.",
		"If it was not you, there is nothing to do: please don’t press the button.")
}

func letterHaveAccount(base string) string {
	return lines("Hello,",
		"Somebody, perhaps you, gave this address on our site to make an account with it. It has one already, and nothing about it was changed.",
		"If it was you, sign in here:",
		base+"/sign-in",
		"If you can’t remember the password, you can choose a new one here:",
		base+"/forgot",
		"If it was not you, there is nothing to do.")
}

func letterForgot(link string) string {
	return lines("Hello,",
		"Somebody, we hope you, asked for a new password on our site. To choose one, open this page:",
		link,
		"The link works once, for one hour.",
		"If it was not you, there is nothing to do. Your password stays as it is.")
}

func letterEmailAsked(base string) string {
	return lines("Hello,",
		"Somebody, we hope you, asked us to use another e-mail address for your account. We will, once the new one is confirmed.",
		"If it was not you, please sign in and choose a new password now:",
		base+"/me/security")
}

func letterEmailChanged() string {
	return lines("Hello,",
		"Your account on our site now has another e-mail address. We write to this one for the last time.",
		"If it was not you, please tell whoever runs the site at once.")
}

func letterPassword(base string) string {
	return lines("Hello,",
		"The password of your account on our site was changed. Every other device was signed out.",
		"If it was not you, please choose a new one now:",
		base+"/forgot")
}

func letterFactor(base string, on bool) string {
	what := "A second step for signing in was added to your account on our site."
	if !on {
		what = "The second step for signing in was taken away from your account on our site."
	}
	return lines("Hello,", what, "If it was not you, please look at your account now:", base+"/me/security")
}

func letterPasskey(base string, added bool) string {
	what := "A passkey for signing in was added to your account on our site."
	if !added {
		what = "A passkey for signing in was taken away from your account on our site."
	}
	return lines("Hello,", what, "If it was not you, please look at your account now:", base+"/me/security")
}

func letterCopied(base string) string {
	return lines("Hello,",
		"Somebody who knows your password tried to sign in to your account on our site with a passkey that may be a copy of yours. We did not let them in.",
		"It can also be a fault of the device. Either way, please take that passkey away and choose a new password:",
		base+"/me/security")
}

func letterNewDevice(base, device, when string) string {
	return lines("Hello,",
		"Somebody signed in to your account on our site with "+device+", "+when+". We had not seen that kind of device with you before.",
		"If it was you, there is nothing to do.",
		"If it was not you, please choose a new password now. It signs every other device out:",
		base+"/me/security")
}

func letterRecord(head RecordHead) string {
	return lines("Hello,",
		"Please keep this letter; there is nothing else to do. It holds the end of our record as it is today, so that nobody can change what was written before without its being noticed:",
		fmt.Sprintf("entry %d, hash %s", head.EntryID, head.Hash),
		fmt.Sprintf("To compare, on the server: snowdrop record verify --kept %d:%s", head.EntryID, head.Hash))
}

func lines(paragraphs ...string) string { return strings.Join(paragraphs, "\n\n") + "\n" }
