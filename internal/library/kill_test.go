package library

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"verbatim/internal/store"
)

// asVictim makes the test's own binary a process that changes articles and
// settings in the folder that it names, until it is killed.
const asVictim = "VERBATIM_TEST_VICTIM"

// state is what the victim finds when it starts: the articles that are kept,
// those that are served, the language.
type state struct {
	Kept     map[string]string
	Language string
}

func (s state) clone() state { return state{maps.Clone(s.Kept), s.Language} }

func (s state) equal(o state) bool { return maps.Equal(s.Kept, o.Kept) && s.Language == o.Language }

// act is one thing that the victim does.
type act struct {
	Kind, Name, Text string
}

func (a act) apply(s state) state {
	s = s.clone()
	switch a.Kind {
	case "add":
		s.Kept[a.Name] = a.Text
	case "remove":
		delete(s.Kept, a.Name)
	case "settings":
		s.Language = a.Text
	}
	return s
}

// victim never returns by itself unless something is wrong.
func victim(dir string) error {
	shelf, err := store.Open(store.Options{Dir: dir})
	if err != nil {
		return err
	}
	found := state{Kept: map[string]string{}, Language: shelf.Language("1")}
	files, err := shelf.Articles("1")
	if err != nil {
		return err
	}
	for _, f := range files {
		found.Kept[f.Name] = string(f.Data)
	}
	reload := 0
	l, err := Open(context.Background(), Options{Shelf: shelf, IndexDir: filepath.Join(dir, "index"), Source: func() (fs.FS, error) {
		reload++
		return fstest.MapFS{"a.md": &fstest.MapFile{Data: fmt.Appendf(nil, "The harbour opened %d times.", reload)}}, nil
	}})
	if err != nil {
		return err
	}
	served := l.For("1").Corpus(context.Background())
	if len(served.Articles) != len(files)+1 {
		return fmt.Errorf("%d articles are kept and %d served", len(files), len(served.Articles))
	}
	for _, f := range files {
		a := served.Article(ownPrefix + stemOf(f.Name))
		if a == nil || a.Text != string(f.Data) {
			return fmt.Errorf("%s is served as %+v", f.Name, a)
		}
	}
	if err := logTells(shelf, found); err != nil {
		return err
	}
	tell := func(word string, v any) error {
		raw, err := json.Marshal(v)
		if err == nil {
			_, err = fmt.Fprintf(os.Stdout, "%s %s\n", word, raw)
		}
		return err
	}
	if err := tell("state", found); err != nil {
		return err
	}
	for i := 0; ; i++ {
		a := act{Kind: []string{"add", "add", "remove", "settings", "reload"}[rand.IntN(5)], Name: fmt.Sprintf("n%d.md", rand.IntN(4)), Text: fmt.Sprintf("Ship %d sailed.", rand.IntN(1000))}
		if err := tell("begin", a); err != nil {
			return err
		}
		var err error
		switch a.Kind {
		case "add":
			_, err = l.For("1").Add(context.Background(), store.Article{Name: a.Name, Data: []byte(a.Text), By: "ann"})
		case "remove":
			if _, err = l.For("1").Remove(context.Background(), a.Name, "ann"); errors.Is(err, store.ErrNotFound) {
				err = nil
			}
		case "settings":
			err = shelf.Change("1", store.Entry{By: "ann", Action: store.Decided, Detail: a.Text}, func(s *store.Settings) { s.Language = a.Text })
		case "reload":
			_, err = l.For("1").Reload(context.Background(), "ann")
		}
		if err != nil {
			return fmt.Errorf("%+v: %w", a, err)
		}
		if err := tell("done", a); err != nil {
			return err
		}
	}
}

// logTells holds the log against what is kept: each change has its line, and
// each line its change.
func logTells(shelf *store.Store, found state) error {
	log, err := shelf.Log("1", 100_000)
	if err != nil || len(log) == 0 {
		return err
	}
	if len(log) == 1000 {
		return nil // the beginning is gone by now
	}
	names := map[string]string{}
	language := ""
	for _, e := range slices.Backward(log) {
		switch e.Action {
		case store.Added:
			names[e.Article] = ""
		case store.Removed:
			delete(names, e.Article)
		case store.Decided:
			language = e.Detail
		}
	}
	if !slices.Equal(slices.Sorted(maps.Keys(names)), slices.Sorted(maps.Keys(found.Kept))) || language != found.Language {
		return fmt.Errorf("the log tells of %v and %q; there is %v and %q", names, language, found.Kept, found.Language)
	}
	return nil
}

// TestKilledAtAnyMoment kills a process 200 times while it adds, removes,
// decides, reloads and starts. What it said was done is there at the next start, what
// it had only begun is there whole or not at all.
func TestKilledAtAnyMoment(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	expected, begun := state{Kept: map[string]string{}}, (*act)(nil)
	total, starts := 0, 0
	for i := range kills {
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = append(os.Environ(), asVictim+"="+dir)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		// Every fourth is killed while it starts, when the store may be written anew.
		early := i%4 == 3
		var timer *time.Timer
		kill := func(within time.Duration) {
			timer = time.AfterFunc(rand.N(within), func() { _ = cmd.Process.Kill() })
		}
		if early {
			kill(150 * time.Millisecond)
		}
		for lines.Scan() {
			word, rest, _ := strings.Cut(lines.Text(), " ")
			var a act
			if word == "state" {
				var found state
				if err := json.Unmarshal([]byte(rest), &found); err != nil {
					t.Fatal(err)
				}
				switch {
				case found.equal(expected):
				case begun != nil && found.equal(begun.apply(expected)):
					expected = found
				default:
					t.Fatalf("kill %d: found %+v, want %+v, perhaps with %+v", i, found, expected, begun)
				}
				begun = nil
				if starts++; !early {
					kill(30 * time.Millisecond)
				}
				continue
			}
			if json.Unmarshal([]byte(rest), &a) != nil {
				continue // cut in the middle
			}
			switch word {
			case "begin":
				begun = &a
			case "done":
				expected, begun = a.apply(expected), nil
				total++
			}
		}
		err = cmd.Wait()
		if timer == nil || stderr.Len() > 0 {
			t.Fatalf("the process ended by itself: %v\n%s", err, stderr.String())
		}
		timer.Stop()
	}
	t.Logf("%d kills, %d of them during a start, %d changes", kills, kills-starts, total)
	if total == 0 || !testing.Short() && starts == kills {
		t.Error("nothing was changed between the kills, or none hit a start")
	}
}
