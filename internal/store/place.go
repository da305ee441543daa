package store

import "iter"

// Place is where everything that is kept stands, and all that the processes of
// one bot share. The one that comes with the program is a folder on the disk; a
// database may take its place.
//
// All methods may be called from several goroutines, and processes, at once.
type Place interface {
	// Update does all that f does, or nothing when f fails, one Update after the
	// other. When it returns nil, that survives whatever happens, and every
	// transaction that begins later sees it. f may be called again.
	Update(f func(root Branch) error) error
	// View gives f the state of one moment. f changes nothing.
	View(f func(root Branch) error) error
	// Changed reports whether something may have changed since it was last
	// asked. It costs next to nothing.
	Changed() (bool, error)
	Close() error
}

// Branch is a part of what is kept, within a transaction and no longer: values
// by key, and further branches by name. What it returns is not to be changed,
// and nothing is to be changed while its values are gone through. When it can't
// be read, that ends early, and the transaction fails.
type Branch interface {
	Branch(name string) Branch           // nil when there is none
	Make(name string) (Branch, error)    // made where there is none
	Cut(name string) error               // with all that is in it
	Branches() iter.Seq2[string, Branch] // in the order of their names

	Get(key []byte) []byte // nil when there is none
	Put(key, value []byte) error
	Delete(key []byte) error             // nothing, when there is none
	All() iter.Seq2[[]byte, []byte]      // in the order of the keys
	Backward() iter.Seq2[[]byte, []byte] // the last key first
	// Next is a number that it never was before: 1, 2, …
	Next() (uint64, error)
}
