package lnnet

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	pollEvery = 20 * time.Millisecond
	// tryFor bounds one attempt, so that a call into a daemon that is just
	// coming up or hanging does not use up the whole wait.
	tryFor = 5 * time.Second
)

// poll calls ready until it returns nil. It gives up when the context ends, with
// the last reason, or as soon as the process has ended, with the end of its output.
func poll(ctx context.Context, p *process, what string, ready func(context.Context) error) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		try, cancel := context.WithTimeout(ctx, tryFor)
		err := ready(try)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s: %s: ended (%v); its last output:\n%s", p.name, what, p.err, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s: %s: %w; last: %w", p.name, what, ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// together runs all at the same time and returns the first error, which also
// ends the context of the others.
func together(ctx context.Context, jobs ...func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Go(func() {
			if err := job(ctx); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
