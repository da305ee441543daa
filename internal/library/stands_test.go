package library

import (
	"bytes"
	"cmp"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"verbatim/internal/store"
)

// faulty is a shelf of which a part may fail.
type faulty struct {
	*store.Store
	goldens, record error
	question        string // of the golden one; "" for any
}

func (f *faulty) Goldens(server string) ([]store.Golden, error) {
	if f.goldens != nil {
		return nil, f.goldens
	}
	return f.Store.Goldens(server)
}

func (f *faulty) Record(server string, e store.Entry) error {
	if f.record != nil {
		return f.record
	}
	return f.Store.Record(server, e)
}

// TestAChangeStands: what was done is not told as a failure when what comes after
// it fails. That is in the log of the program, once for each.
func TestAChangeStands(t *testing.T) {
	broken := errors.New("out of order")
	v, w := View{}, (*world)(nil)
	for action, change := range map[store.Action]func() (Report, error){
		store.Added:      func() (Report, error) { return v.Add(t.Context(), note("storm.md", "The storm came.")) },
		store.Removed:    func() (Report, error) { return v.Remove(t.Context(), "old.md", "ann") },
		store.RolledBack: func() (Report, error) { return v.Rollback(t.Context(), v.History(t.Context())[1].Revision, "ann") },
		store.Reloaded: func() (Report, error) {
			w.write("a.md", "Text three.")
			return v.Reload(t.Context(), "ann")
		},
	} {
		for name, fault := range map[string]faulty{
			"without golden questions": {goldens: broken},
			"without a log":            {record: broken},
			"with a panic":             {question: "panic"},
		} {
			t.Run(string(action)+" "+name, func(t *testing.T) {
				shelf, log := &fault, new(bytes.Buffer)
				w = newWorld("Text one.")
				l, kept := w.shelved(t, func(o *Options) {
					shelf.Store = o.Shelf.(*store.Store)
					o.Shelf, o.Logger = shelf, slog.New(slog.NewTextHandler(log, nil))
				})
				v = l.For("1")
				if err := kept.KeepGolden("1", golden(cmp.Or(fault.question, "Which?"), "Nothing.")); err != nil {
					t.Fatal(err)
				}
				if _, err := v.Add(t.Context(), note("old.md", "Old.")); err != nil {
					t.Fatal(err)
				}
				before := v.Status(t.Context()).Revision
				log.Reset()
				r, err := change()
				if err != nil || r.Before.Revision != before || r.After.Revision == before || v.Status(t.Context()).Revision != r.After.Revision {
					t.Errorf("report %+v, %v", r, err)
				}
				checked := fault.record != nil
				if r.Unchecked == checked || (len(r.Drifts) == 1) != checked {
					t.Errorf("unchecked: %v; of %d golden questions %d differ", r.Unchecked, r.Goldens, len(r.Drifts))
				}
				// Add and Remove write their line into the server's log with the
				// article; after a reload what wasn't asked is asked again.
				want := 1
				if checked && action == store.RolledBack || action == store.Reloaded {
					want = 2
				}
				l.jobs.Wait()
				if n := strings.Count(log.String(), "level=ERROR"); n != want {
					t.Errorf("%d lines of the log say what went wrong, want %d:\n%s", n, want, log)
				}
			})
		}
	}
}
