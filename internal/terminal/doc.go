// Package terminal is the bot in a terminal or a pipe: the same questions,
// commands and answers as in Discord, laid out as plain text.
//
// A Session turns one line into one reply and knows nothing of streams; Run is
// the thin loop around it. A Screen lays answers out, for the session and for
// the commands of the command line alike.
package terminal
