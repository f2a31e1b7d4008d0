package spam

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"qpay/test/world"
)

// use is what the processes of lightningvm have at once; each figure is its
// own peak.
type use struct{ processes, dialogs, rss, pss int }

// measure looks again and again until the returned function is called.
func measure(w *world.World) func() use {
	var most use
	stop := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			u := look(w)
			most = use{max(most.processes, u.processes), max(most.dialogs, u.dialogs), max(most.rss, u.rss), max(most.pss, u.pss)}
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return func() use { close(stop); ended.Wait(); return most }
}

func look(w *world.World) (u use) {
	ours := map[int]bool{}
	for _, c := range w.Qubes.Calls() {
		if c.Running() {
			ours[c.PID] = true
		}
	}
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range all {
		var pid, parent int
		var state byte
		text, _ := os.ReadFile(file)
		open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
		if end < 0 {
			continue
		}
		fmt.Sscan(string(text[:open]), &pid)
		fmt.Sscanf(string(text[end+1:]), " %c %d", &state, &parent)
		if !ours[pid] && !ours[parent] {
			continue
		}
		u.processes++
		if strings.HasPrefix(string(text[open:end]), "(qpay-dialog") {
			u.dialogs++
		}
		rss, pss := memory(pid)
		u.rss, u.pss = u.rss+rss, u.pss+pss
	}
	return u
}

// memory is in bytes.
func memory(pid int) (rss, pss int) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var kb int
		if _, err := fmt.Sscanf(s.Text(), "Rss: %d kB", &kb); err == nil {
			rss = kb << 10
		}
		if _, err := fmt.Sscanf(s.Text(), "Pss: %d kB", &kb); err == nil {
			pss = kb << 10
		}
	}
	return rss, pss
}
