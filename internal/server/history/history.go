// Package history shows the journal to the person in lightningvm (trusted).
// What came from outside is escaped in all that it prints, since a terminal
// obeys what is written to it.
package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"qpay/internal/server/config"
	"qpay/internal/server/hint"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
)

// Filter says which records to show; what is zero lets all pass.
type Filter struct {
	Qube  string
	Since time.Time // when they were asked for
	State payment.State
	Limit int
}

// states are what Filter.State may be.
var states = []payment.State{payment.Asked, payment.Approved, payment.Sent, payment.Paid, payment.Failed,
	payment.Unknown, payment.Denied, payment.Expired, payment.Gone}

// ParseState takes a state by its name.
func ParseState(s string) (payment.State, error) {
	if s == "" || slices.Contains(states, payment.State(s)) {
		return payment.State(s), nil
	}
	return "", hint.New(fmt.Sprintf("There is no state %.40q.", s), fmt.Sprintf("the states are %v", states))
}

var age = regexp.MustCompile(`^([0-9]{1,4})([mhdw])$`)

// ParseSince takes a date or a time of the local zone, or an age as in 7d.
func ParseSince(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if m := age.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // at most four digits
		if m[2] == "d" || m[2] == "w" {
			days := map[string]int{"d": 1, "w": 7}[m[2]]
			return now.AddDate(0, 0, -n*days), nil // a day may have 23 hours
		}
		return now.Add(-time.Duration(n) * map[string]time.Duration{"m": time.Minute, "h": time.Hour}[m[2]]), nil
	}
	for _, form := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, hint.New(fmt.Sprintf("%.40q is no time.", s), "write it as 2026-01-02, 2026-01-02T15:04, or 30m, 12h, 7d, 2w ago")
}

// Open opens the journal of the person whose home folder it is; nil if nothing
// was ever asked for.
func Open(home string) (*journal.Journal, error) {
	_, state := config.Folders(home)
	if _, err := os.Stat(filepath.Join(state, "journal.db")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	j, err := journal.Open(state)
	if err != nil {
		return nil, hint.New(fmt.Sprintf("The journal cannot be read: %v.", err), "run qpay-server doctor")
	}
	return j, nil
}

// Select gives the records that pass, newest first.
func Select(j *journal.Journal, f Filter) ([]journal.Record, error) {
	if j == nil {
		return nil, nil
	}
	rs, err := j.Select(func(r journal.Record) bool {
		return (f.Qube == "" || string(r.Qube) == f.Qube) &&
			(f.State == "" || r.State == f.State) &&
			!asked(r).Before(f.Since)
	})
	if f.Limit > 0 && len(rs) > f.Limit {
		rs = rs[:f.Limit]
	}
	return rs, err
}

// asked is when a request came, which is what a person remembers.
func asked(r journal.Record) time.Time {
	if len(r.Steps) == 0 {
		return time.Time{}
	}
	return r.Steps[0].At
}

const fewest = 8 // hex digits of a hash: what the table shows

var digits = regexp.MustCompile(`^[0-9a-f]+$`)

// Find gives all records of the one payment hash that begins like this, oldest
// first: an invoice may have been asked for more than once.
func Find(j *journal.Journal, prefix string) ([]journal.Record, error) {
	prefix = strings.ToLower(strings.TrimSpace(prefix))
	if !digits.MatchString(prefix) || len(prefix) < fewest || len(prefix) > 64 {
		return nil, hint.New("That is no payment hash.", fmt.Sprintf("give its 64 hex digits, or at least the first %d", fewest))
	}
	var rs []journal.Record
	var err error
	if j != nil {
		rs, err = j.Select(func(r journal.Record) bool { return strings.HasPrefix(r.Hash.String(), prefix) })
	}
	if err != nil {
		return nil, err
	}
	if len(rs) == 0 {
		return nil, hint.New("There is no payment of that hash in the journal.", "qpay-server history --json lists all hashes")
	}
	for _, r := range rs {
		if r.Hash != rs[0].Hash {
			return nil, hint.New("More than one payment hash begins like that.", fmt.Sprintf("give more digits: %s, %s", rs[0].Hash, r.Hash))
		}
	}
	slices.Reverse(rs)
	return rs, nil
}
