// Package testkit is what tests need to run against the real thing: throw-away
// databases of both kinds, a whole site with a clock that the test moves, people
// in it, a browser without script that takes pages apart, and Chromium with an
// accessibility check. Only tests import it.
package testkit
