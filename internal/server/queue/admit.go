package queue

import (
	"fmt"
	"os"

	"qpay/internal/server/payment"
)

// crowd is how many requests of one qube may be looked at at once, before they
// wait for the screen.
const crowd = 8

// Admit lets a request in before anything is done for it: of a qube that sends
// hundreds at once all but a few are ErrBusy at the cost of a lock, and do not
// compete with others for the journal. The place is free again when it is
// closed, or the process has ended.
func (q *Queue) Admit(qube payment.Qube) (place *os.File, err error) {
	if !qube.Valid() {
		return nil, fmt.Errorf("queue: %.40q is no name of a qube", string(qube))
	}
	for i := range crowd {
		if f, err := q.take(fmt.Sprintf("crowd-%s-%d", qube, i)); err == nil {
			return f, nil
		}
	}
	return nil, ErrBusy
}
