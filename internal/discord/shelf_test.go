package discord

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"verbatim/internal/discordtest"
	"verbatim/internal/library"
	"verbatim/internal/store"
)

// shelf is the operator's folder in memory, with the library and the store of a
// bot under test.
type shelf struct {
	mu    sync.Mutex
	files map[string]string
	disk  string // a folder in place of files; "" for none
	dir   string // of the store
	lib   *library.Library
	store *store.Store
}

func (s *shelf) write(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = text
}

// still is a clock for transcripts.
func still() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

const harbourText = "---\ntitle: The harbour of Ashby\n---\nThe harbour of Ashby was opened in 1911 by Carla Reed.\n\nIt closes on Sundays. The ferry sails at noon.\n"

// open opens the library and the store, as at the start of a process.
func (s *shelf) open(t *testing.T) {
	t.Helper()
	var err error
	if s.store, err = store.Open(store.Options{Dir: s.dir, Clock: still}); err != nil {
		t.Fatal(err)
	}
	s.lib, err = library.Open(t.Context(), library.Options{Shelf: s.store, Clock: still, Source: func() (fs.FS, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.disk != "" {
			return os.DirFS(s.disk), nil
		}
		m := fstest.MapFS{}
		for name, text := range s.files {
			m[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return m, nil
	}})
	if err != nil {
		t.Fatal(errors.Join(err, s.store.Close()))
	}
}

func (s *shelf) close() error { return errors.Join(s.lib.Close(), s.store.Close()) }

// bot makes a bot serve the shelf.
func (s *shelf) bot(c *Config, _ *pace) {
	c.Desk, c.Store, c.Settings = s.lib, s.store, s.store
	c.Servers = func(server string) Own { return s.lib.For(server) }
	c.Opinion, c.Drifts = nil, s.lib.Drifts()
}

// newShelved is a scene with a real library and store: mia moderates.
func newShelved(t *testing.T, change ...func(*Config, *pace)) (*scene, *shelf, *discordtest.Member) {
	t.Helper()
	f := &shelf{files: map[string]string{"harbour.md": harbourText}, dir: t.TempDir()}
	f.open(t)
	t.Cleanup(func() {
		if err := f.close(); err != nil {
			t.Error(err)
		}
	})
	s := newScene(t, newDesk(), append([]func(*Config, *pace){f.bot}, change...)...)
	return s, f, s.Member("mia", discordtest.WithPermissions(discordtest.ManageGuild))
}

// restart ends the bot, the library and the store, and starts others in the
// same folder.
func (s *scene) restart(f *shelf) {
	s.t.Helper()
	if err := errors.Join(s.stop(), f.close()); err != nil {
		s.t.Fatal(err)
	}
	f.open(s.t)
	s.running = launch(s.t, s.Server, s.desk, func(c *Config, _ *pace) { c.Clock = s.clock.now }, f.bot)
	s.WaitReady()
}

// TestTranscriptOldReplies: what a reply quotes is compared with the articles
// of today, after any restart and any number of reloads.
func TestTranscriptOldReplies(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	long := "The keeper " + strings.Repeat("climbed the stairs, lit the lamp, wrote his log, ", 40) + "and slept."
	f.write("lamp.md", "---\ntitle: The lamp\n---\n"+long+"\n\nThe lamp burns oil.\n")
	s.corpus(mia, "reload")
	ferry := s.ask(s.ada, "When does the ferry sail?").Message
	opened := s.ask(s.ada, "Who opened the harbour of Ashby?", discordtest.Opt("private", true)).Message
	keeper := s.ask(s.ada, "What did the keeper climb?", discordtest.Opt("passages", 1)).Message
	summary := s.ada.Slash(s.general, "summary", discordtest.Opt("article", "all"), discordtest.Opt("length", "short")).Reply().Message
	s.text.Note("After a restart with other articles, the replies themselves tell what they quoted. What still stands goes on working, wherever it stands now.")
	f.write("harbour.md", strings.NewReplacer("Carla Reed", "Ada Stone", "It closes", "A pier was built in 1999. It closes").Replace(harbourText))
	f.write("a.md", "---\ntitle: First of all\n---\nSomething else entirely.\n")
	s.restart(f)
	s.ada.Clicks(ferry, "Context").Reply()
	s.ada.Clicks(ferry, "Helpful").Reply()
	s.ada.Clicks(keeper, "Context").Reply()
	s.text.Note("What was changed is marked, with today's text; the card stays.")
	s.ada.Clicks(opened, "Share").Reply()
	s.ada.Clicks(summary, "Later").Reply()
	s.text.Note("And what was removed.")
	f.write("harbour.md", "---\ntitle: The harbour of Ashby\n---\nNothing of it is left.\n")
	f.write("lamp.md", "---\ntitle: The lamp\n---\n"+strings.Replace(long, "climbed", "went up", 1)+"\n")
	s.restart(f)
	s.Member("grace").Clicks(ferry, "Not helpful").Reply()
	s.ada.Clicks(keeper, "Context").Reply()
	s.end()
}

// TestRenamedArticleStillStands: a quotation stands where its article has another
// name now, also when what answered then is remembered.
func TestRenamedArticleStillStands(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	ferry := s.ask(s.ada, "When does the ferry sail?").Message
	f.mu.Lock()
	delete(f.files, "harbour.md")
	f.mu.Unlock()
	f.write("port.md", harbourText)
	s.corpus(mia, "reload")
	if got := s.ada.Clicks(ferry, "Context").Reply().Text(); strings.Contains(got, "has changed") || !strings.Contains(got, "ferry sails at") {
		t.Errorf("the passage stands word for word:\n%s", got)
	}
}
