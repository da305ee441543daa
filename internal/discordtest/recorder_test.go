package discordtest_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// recorder is a test that remembers what it was told. TB can't be implemented
// outside of package testing, so the interface is embedded; what isn't defined
// here is not called.
type recorder struct {
	testing.TB
	errors, logs bytes.Buffer
	cleanups     []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Logf(format string, args ...any)   { fmt.Fprintf(&r.logs, format+"\n", args...) }
func (r *recorder) Errorf(format string, args ...any) { fmt.Fprintf(&r.errors, format+"\n", args...) }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// attempt runs f, which may end in Fatalf.
func (r *recorder) attempt(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

func (r *recorder) finish() {
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
	r.cleanups = nil
}
