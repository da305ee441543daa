// Package workers shares the work of a loop out among the processors.
package workers

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Each calls f for 0 to n-1 on all processors and returns when all calls have.
// A worker takes block numbers at a time, in order; fewer than two blocks are
// done by the caller itself. A panic in a call ends up in the caller, with the
// stack that it came from; calls of the same block are then left out.
func Each(n, block int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n/block)
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var failed atomic.Pointer[string]
	work := func() {
		for {
			to := int(next.Add(int64(block)))
			for i := to - block; i < min(to, n); i++ {
				f(i)
			}
			if to >= n {
				return
			}
		}
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					where := fmt.Sprintf("%v\n%s", p, debug.Stack())
					failed.Store(&where)
				}
			}()
			work()
		})
	}
	wg.Wait()
	if p := failed.Load(); p != nil {
		panic(*p)
	}
}
