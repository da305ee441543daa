package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	_ "modernc.org/sqlite" // the driver: SQLite with FTS5, translated to Go
)

// openFTS5 keeps the sentences in an FTS5 table in memory, stemmed by its own
// "porter unicode61" and ordered by its bm25(). cut gives the words of a
// question; they are quoted, so that none is syntax, and joined by OR, since
// hardly a sentence holds all words of a question.
func openFTS5(cut func(string) []string) func(context.Context, task) (opened, error) {
	return func(ctx context.Context, t task) (_ opened, err error) {
		db, err := sql.Open("sqlite", ":memory:")
		if err != nil {
			return opened{}, fmt.Errorf("open SQLite: %w", err)
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, db.Close())
			}
		}()
		db.SetMaxOpenConns(1) // each connection would have a memory of its own
		if err := fill(ctx, db, t.sentences); err != nil {
			return opened{}, err
		}
		query, err := db.PrepareContext(ctx, "SELECT rowid, rank FROM sentences WHERE sentences MATCH ? ORDER BY rank LIMIT ?")
		if err != nil {
			return opened{}, fmt.Errorf("prepare query: %w", err)
		}
		find := func(ctx context.Context, question string) (found, error) {
			return search(ctx, query, cut(question), t.limit)
		}
		return opened{
			find: find,
			ask: func(ctx context.Context, question string) error {
				_, err := find(ctx, question)
				return err
			},
			bytes: func() (int64, error) { return size(ctx, db) },
			close: func() error { return errors.Join(query.Close(), db.Close()) },
		}, nil
	}
}

func fill(ctx context.Context, db *sql.DB, sentences []string) error {
	if _, err := db.ExecContext(ctx, "CREATE VIRTUAL TABLE sentences USING fts5(text, tokenize = 'porter unicode61')"); err != nil {
		return fmt.Errorf("make table: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // after a commit it does nothing
	insert, err := tx.PrepareContext(ctx, "INSERT INTO sentences(rowid, text) VALUES (?, ?)")
	if err != nil {
		return fmt.Errorf("prepare insert: %w", err)
	}
	defer insert.Close()
	for i, s := range sentences {
		if _, err := insert.ExecContext(ctx, i+1, s); err != nil {
			return fmt.Errorf("insert sentence %d: %w", i, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO sentences(sentences) VALUES ('optimize')"); err != nil {
		return fmt.Errorf("optimize: %w", err)
	}
	return nil
}

func search(ctx context.Context, query *sql.Stmt, words []string, limit int) (found, error) {
	if len(words) == 0 {
		return found{}, nil
	}
	rows, err := query.QueryContext(ctx, `"`+strings.Join(words, `" OR "`)+`"`, limit)
	if err != nil {
		return found{}, fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	var f found
	for rows.Next() {
		var id int
		var rank float64 // the better the lower
		if err := rows.Scan(&id, &rank); err != nil {
			return found{}, fmt.Errorf("read hit: %w", err)
		}
		if !f.answered {
			f.answered, f.confidence = true, -rank
		}
		f.ranking = append(f.ranking, id-1)
	}
	if err := rows.Err(); err != nil {
		return found{}, fmt.Errorf("read hits: %w", err)
	}
	return f, nil
}

// size is that of the database, which holds the text as well.
func size(ctx context.Context, db *sql.DB) (int64, error) {
	var pages, page int64
	if err := db.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return 0, fmt.Errorf("page count: %w", err)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA page_size").Scan(&page); err != nil {
		return 0, fmt.Errorf("page size: %w", err)
	}
	return pages * page, nil
}
