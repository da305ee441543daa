package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// errNoMiniSearch says that node or the package is not there.
var errNoMiniSearch = errors.New("MiniSearch can't be run")

// miniSearch is a node process that runs MiniSearch. It does one task at a time.
type miniSearch struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	errors  *bytes.Buffer // of standard error; to be read when the process has ended
}

// startMiniSearch starts node on the script in a folder; the caller closes what
// it returns. Without node or the package the error is errNoMiniSearch.
func startMiniSearch(ctx context.Context, dir string) (*miniSearch, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoMiniSearch, err)
	}
	m := &miniSearch{process: exec.CommandContext(ctx, node, "--expose-gc", "minisearch.mjs"), errors: &bytes.Buffer{}}
	m.process.Dir, m.process.Stderr = dir, m.errors
	if m.in, err = m.process.StdinPipe(); err != nil {
		return nil, fmt.Errorf("pipe to node: %w", err)
	}
	out, err := m.process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("pipe from node: %w", err)
	}
	m.out = bufio.NewReader(out)
	if err := m.process.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoMiniSearch, err)
	}
	if _, err := m.out.ReadBytes('\n'); err != nil {
		err = errors.Join(m.in.Close(), m.process.Wait())
		said := m.errors.String()
		if strings.Contains(said, "MODULE_NOT_FOUND") {
			said = `the script or its package is not there: run "npm ci" in the folder of this program, and the program there`
		}
		return nil, fmt.Errorf("%w: %s (%v)", errNoMiniSearch, strings.TrimSpace(said), err)
	}
	return m, nil
}

// close ends the process and says what it wrote to standard error if it failed.
func (m *miniSearch) close() error {
	if err := errors.Join(m.in.Close(), m.process.Wait()); err != nil {
		return fmt.Errorf("end node: %w: %s", err, m.errors)
	}
	return nil
}

// searchOptions are MiniSearch's own; left out they are its defaults.
type searchOptions struct {
	Fuzzy  float64 `json:"fuzzy,omitempty"`
	Prefix bool    `json:"prefix,omitempty"`
}

// engines are MiniSearch as it is, and with the options that its documentation
// shows for misspelled and unfinished words; each also with questions from
// which the stop words are taken, as it has no list of its own.
func (m *miniSearch) engines() []engine {
	tolerant := searchOptions{Fuzzy: 0.2, Prefix: true}
	return []engine{
		{name: "MiniSearch", measure: m.measure(searchOptions{}, words)},
		{name: "MiniSearch, no stop words", trimmed: true, measure: m.measure(searchOptions{}, content)},
		{name: "MiniSearch, fuzzy 0.2, prefix", measure: m.measure(tolerant, words)},
		{name: "MiniSearch, fuzzy 0.2, prefix, no stop words", trimmed: true, measure: m.measure(tolerant, content)},
	}
}

func (m *miniSearch) measure(options searchOptions, cut func(string) []string) func(context.Context, task) (result, error) {
	return func(_ context.Context, t task) (result, error) {
		questions := make([]string, len(t.questions))
		for i, q := range t.questions {
			questions[i] = strings.Join(cut(q), " ")
		}
		request, err := json.Marshal(map[string]any{
			"sentences": t.sentences, "questions": questions, "options": options, "limit": t.limit, "rounds": t.rounds,
		})
		if err != nil {
			return result{}, fmt.Errorf("task for node: %w", err)
		}
		if _, err := m.in.Write(append(request, '\n')); err != nil {
			return result{}, fmt.Errorf("write to node: %w", err)
		}
		line, err := m.out.ReadBytes('\n')
		if err != nil {
			return result{}, fmt.Errorf("read from node: %w", err)
		}
		var reply struct {
			Build, Bytes float64
			Found        []struct {
				Ranking    []int
				Confidence float64
			}
			Times []float64 // in nanoseconds, like Build
		}
		if err := json.Unmarshal(line, &reply); err != nil {
			return result{}, fmt.Errorf("what node wrote: %w", err)
		}
		if len(reply.Found) != len(questions) {
			return result{}, fmt.Errorf("node has answers to %d of %d questions", len(reply.Found), len(questions))
		}
		r := result{build: time.Duration(reply.Build), bytes: int64(reply.Bytes)}
		for _, f := range reply.Found {
			r.found = append(r.found, found{ranking: f.Ranking, answered: len(f.Ranking) > 0, confidence: f.Confidence})
		}
		for _, ns := range reply.Times {
			r.times = append(r.times, time.Duration(ns))
		}
		return r, nil
	}
}
