package store

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"
	"testing"
)

// elsewhere is a Place in memory: what a Store needs is what Place says, and
// nothing of bbolt.
type elsewhere struct {
	mu      sync.Mutex
	root    *twig
	changed bool
}

func (e *elsewhere) Update(f func(root Branch) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	next := e.root.clone()
	if err := f(next); err != nil {
		return err
	}
	e.root, e.changed = next, true
	return nil
}

func (e *elsewhere) View(f func(root Branch) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return f(e.root)
}

func (e *elsewhere) Changed() (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.changed
	e.changed = false
	return was, nil
}

func (e *elsewhere) Close() error { return nil }

// twig is a Branch in memory.
type twig struct {
	branches map[string]*twig
	values   map[string][]byte
	last     uint64
}

func newTwig() *twig { return &twig{branches: map[string]*twig{}, values: map[string][]byte{}} }

func (x *twig) clone() *twig {
	y := &twig{branches: map[string]*twig{}, values: maps.Clone(x.values), last: x.last}
	for name, b := range x.branches {
		y.branches[name] = b.clone()
	}
	return y
}

func (x *twig) Branch(name string) Branch {
	if b := x.branches[name]; b != nil {
		return b
	}
	return nil
}

func (x *twig) Make(name string) (Branch, error) {
	if name == "" {
		return nil, errors.New("a branch without a name")
	}
	if x.branches[name] == nil {
		x.branches[name] = newTwig()
	}
	return x.branches[name], nil
}

func (x *twig) Cut(name string) error {
	if x.branches[name] == nil {
		return errors.New("no such branch")
	}
	delete(x.branches, name)
	return nil
}

func (x *twig) Branches() iter.Seq2[string, Branch] {
	return func(yield func(string, Branch) bool) {
		for _, name := range slices.Sorted(maps.Keys(x.branches)) {
			if !yield(name, x.branches[name]) {
				return
			}
		}
	}
}

func (x *twig) Get(key []byte) []byte { return x.values[string(key)] }

func (x *twig) Put(key, value []byte) error { x.values[string(key)] = slices.Clone(value); return nil }

func (x *twig) Delete(key []byte) error { delete(x.values, string(key)); return nil }

func (x *twig) Next() (uint64, error) { x.last++; return x.last, nil }

func (x *twig) All() iter.Seq2[[]byte, []byte] { return x.through(slices.Sorted(maps.Keys(x.values))) }

func (x *twig) Backward() iter.Seq2[[]byte, []byte] {
	keys := slices.Sorted(maps.Keys(x.values))
	slices.Reverse(keys)
	return x.through(keys)
}

func (x *twig) through(keys []string) iter.Seq2[[]byte, []byte] {
	return func(yield func([]byte, []byte) bool) {
		for _, k := range keys {
			if !yield([]byte(k), x.values[k]) {
				return
			}
		}
	}
}

// TestPlaces holds every Place to what it promises.
func TestPlaces(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Store, _ *hand, again func() *Store) {
		must(t, s.place.Update(func(root Branch) error {
			b, err := root.Make("x")
			must(t, err)
			if _, err := b.Make("deep"); err != nil {
				return err
			}
			for _, k := range []string{"b", "a", "c"} {
				must(t, b.Put([]byte(k), []byte(k+k)))
			}
			n, err := b.Next()
			if n != 1 {
				t.Errorf("the first number is %d", n)
			}
			return err
		}))
		failed := errors.New("no")
		err := s.place.Update(func(root Branch) error {
			must(t, root.Branch("x").Delete([]byte("a")))
			must(t, root.Branch("x").Cut("deep"))
			return failed
		})
		if !errors.Is(err, failed) {
			t.Errorf("got %v", err)
		}
		s = again()
		must(t, s.place.View(func(root Branch) error {
			b := root.Branch("x")
			var keys, backward string
			for k, v := range b.All() {
				keys += string(k) + string(v) + " "
			}
			for k := range b.Backward() {
				if backward += string(k); len(backward) == 2 {
					break
				}
			}
			names := ""
			for name, deep := range b.Branches() {
				names += name
				if !empty(deep) {
					t.Error("the deep branch isn't empty")
				}
			}
			if keys != "aaa bbb ccc " || backward != "cb" || names != "deep" || b.Branch("none") != nil || b.Get([]byte("none")) != nil || string(b.Get([]byte("b"))) != "bb" {
				t.Errorf("%q, %q, %q", keys, backward, names)
			}
			return nil
		}))
		if _, err := s.place.Changed(); err != nil {
			t.Error(err)
		}
		must(t, s.place.Update(func(root Branch) error {
			n, err := root.Branch("x").Next()
			if n != 2 {
				t.Errorf("the second number is %d", n)
			}
			return errors.Join(err, root.Branch("x").Cut("deep"), root.Branch("x").Delete([]byte("none")))
		}))
		if changed, err := s.place.Changed(); err != nil || !changed {
			t.Errorf("a change isn't seen: %v, %v", changed, err)
		}
		must(t, s.place.View(func(root Branch) error {
			if root.Branch("x").Branch("deep") != nil {
				t.Error("what was cut is there")
			}
			return nil
		}))
	})
}
