package workers_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"verbatim/internal/workers"
)

func TestEachCallsOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 63, 64, 65, 128, 1000} {
		for _, block := range []int{1, 7, 64} {
			calls := make([]atomic.Int32, n)
			workers.Each(n, block, func(i int) { calls[i].Add(1) })
			for i := range calls {
				if c := calls[i].Load(); c != 1 {
					t.Fatalf("%d in blocks of %d: %d was called %d times", n, block, i, c)
				}
			}
		}
	}
}

// TestEachEndsPanics: a panic in a part of the work reaches who asked for it.
func TestEachEndsPanics(t *testing.T) {
	for _, n := range []int{60, 1000} {
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.Contains(p, "no such article") {
					t.Errorf("of %d one panics, and the caller learns %q", n, p)
				}
			}()
			workers.Each(n, 60, func(i int) {
				if i == 57 {
					panic("no such article")
				}
			})
		}()
	}
}
