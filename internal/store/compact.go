package store

import (
	"errors"
	"os"

	bolt "go.etcd.io/bbolt"
)

// compact writes what is in a store to a file, in one step. A mere copy would
// hold what was deleted too, on pages that bbolt has yet to use again. bbolt's
// own Compact can't be used while others write: it ends its transaction of
// reading before it writes the last of what it read.
func compact(db file, name string) error {
	return replace(name, func(f *os.File) error {
		to, err := bolt.Open(f.Name(), 0o600, &bolt.Options{NoSync: true, NoGrowSync: true})
		if err != nil {
			return err
		}
		err = db.View(func(tx *bolt.Tx) error {
			c := copier{to: to}
			return errors.Join(tx.ForEach(func(name []byte, b *bolt.Bucket) error { return c.bucket(b, [][]byte{name}) }), c.commit())
		})
		return errors.Join(err, to.Close())
	})
}

// copyBytes bounds what of a copy is in memory at once, but for one value.
const copyBytes = 1 << 20

// copier writes buckets to another store. What it is given must stay valid
// until commit.
type copier struct {
	to   *bolt.DB
	tx   *bolt.Tx // nil for none
	size int      // of what waits in tx
}

func (c *copier) commit() error {
	if c.tx == nil {
		return nil
	}
	tx := c.tx
	c.tx, c.size = nil, 0
	return tx.Commit()
}

// open is the bucket of that path in the other store, for as long as no more
// than copyBytes are written.
func (c *copier) open(path [][]byte) (b *bolt.Bucket, err error) {
	if c.size > copyBytes {
		if err := c.commit(); err != nil {
			return nil, err
		}
	}
	if c.tx == nil {
		if c.tx, err = c.to.Begin(true); err != nil {
			return nil, err
		}
	}
	if b, err = c.tx.CreateBucketIfNotExists(path[0]); err != nil {
		return nil, err
	}
	for _, name := range path[1:] {
		if b, err = b.CreateBucketIfNotExists(name); err != nil {
			return nil, err
		}
	}
	b.FillPercent = 1 // nothing will be put between
	return b, nil
}

func (c *copier) bucket(from *bolt.Bucket, path [][]byte) error {
	b, err := c.open(path)
	if err != nil {
		return err
	}
	if err := b.SetSequence(from.Sequence()); err != nil {
		return err
	}
	return from.ForEach(func(k, v []byte) error {
		switch {
		case v == nil:
			return c.bucket(from.Bucket(k), append(path[:len(path):len(path)], k))
		case string(k) == keyDeleted && string(path[len(path)-1]) == bucketMeta:
			return nil // nothing was deleted from the new file
		}
		b, err := c.open(path)
		if err != nil {
			return err
		}
		c.size += len(k) + len(v)
		return b.Put(k, v)
	})
}
