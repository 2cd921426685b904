// Package secret keeps what must not be read by others: it hashes passwords,
// seals e-mail addresses and register numbers, makes the tokens of one-time
// links and sessions, and holds the one master key that all of it hangs on.
//
// It never logs, never stores anything but the key file, and no error of it
// carries a password, a token, a key or what was sealed.
package secret
