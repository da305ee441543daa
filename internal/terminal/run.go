package terminal

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"
)

// prompt stands before every question, typed or echoed, so that a transcript
// of a pipe reads like a session at a terminal.
const prompt = "ask> "

// maxEcho is how many characters of a piped line are echoed.
const maxEcho = 400

// Options are what Run needs besides the library.
type Options struct {
	In     io.Reader
	Out    io.Writer
	Screen Screen
	// Prompt is for a person at a terminal: a welcome and a prompt are shown.
	// Without it every question is echoed before its answer.
	Prompt bool
	Log    *slog.Logger
	Clock  func() time.Time // nil means time.Now
}

// Run answers the lines of In until it ends, /quit is read, or ctx is done;
// none of these is an error. A handler that fails or panics costs its one
// reply.
//
// When ctx is done while Run waits for a line, Run returns at once; see Read.
func Run(ctx context.Context, lib Library, o Options) error {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	s := NewSession(lib, o.Screen, o.Clock)
	if o.Prompt {
		if _, err := io.WriteString(o.Out, s.Welcome(ctx)); err != nil {
			return fmt.Errorf("write welcome: %w", err)
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lines, failed := Read(ctx, o.In)
	for {
		if o.Prompt {
			if _, err := io.WriteString(o.Out, "\n"+prompt); err != nil {
				return fmt.Errorf("write prompt: %w", err)
			}
		}
		var input string
		var more bool
		select {
		case <-ctx.Done():
			return nil
		case input, more = <-lines:
		}
		if !more {
			if ctx.Err() != nil {
				return nil
			}
			if o.Prompt {
				fmt.Fprintln(o.Out) // the shell's prompt belongs on its own line
			}
			return <-failed
		}
		reply := handle(ctx, s, input, o.Log)
		text := reply.Text
		if !o.Prompt && strings.TrimSpace(input) != "" {
			text = Echo(input) + text + "\n"
		}
		if _, err := io.WriteString(o.Out, text); err != nil {
			return fmt.Errorf("write reply: %w", err)
		}
		if reply.Quit {
			return nil
		}
	}
}

// Echo is the line that shows what was asked, over its answer, where nobody
// typed it on the screen.
func Echo(question string) string {
	return prompt + line(shorten(strings.TrimSpace(question), maxEcho)) + "\n"
}

// handle answers one line, whatever happens meanwhile.
func handle(ctx context.Context, s *Session, input string, log *slog.Logger) (reply Reply) {
	defer func() {
		if r := recover(); r != nil {
			log.Error("a line could not be answered", "panic", r, "stack", string(debug.Stack()))
			reply = Reply{Text: "Sorry, something went wrong with that line; the log says what.\n"}
		}
	}()
	reply, err := s.Handle(ctx, input)
	if err != nil {
		if ctx.Err() != nil {
			return Reply{}
		}
		log.Error("a line could not be answered", "error", err)
		return Reply{Text: "Sorry, that could not be answered; the log says why.\n"}
	}
	return reply
}
