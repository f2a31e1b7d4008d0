// Command bench measures what the extension costs a page: the same page is
// loaded in turn in browsers with and without it, and medians and quartiles are
// printed. From the folder of go.mod:
//
//	go run ./test/browser/bench
//
// The time is that from the end of the page's answer to the end of its
// DOMContentLoaded, as the page itself measures it. No qube takes part: the
// extension does nothing before a page calls.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"qpay/test/browser"
	"qpay/test/browser/client"
	"qpay/test/browser/page"
	"qpay/test/desktop"
)

const dropped = 5 // loads at the start

func main() {
	loads := flag.Int("loads", 60, "how many loads count, for each")
	flag.Parse()
	if err := run(*loads); err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		os.Exit(1)
	}
}

func run(loads int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "qpay-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	pages := page.NewServer()
	defer pages.Close()
	for _, kind := range browser.Kinds {
		if err := compare(ctx, kind, pages, filepath.Join(dir, string(kind)), loads); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return injected()
}

// side is one of the two browsers that are compared.
type side struct {
	name  string
	b     *browser.Browser
	times []float64
}

func compare(ctx context.Context, kind browser.Kind, pages *page.Server, dir string, loads int) error {
	own, err := client.Extension(kind)
	if err != nil {
		return err
	}
	sides := []*side{{name: "without"}, {name: "with"}}
	for i, extensions := range [][]string{nil, {own}} {
		screen, err := desktop.Start(ctx, desktop.Options{})
		if err != nil {
			return err
		}
		defer screen.Stop()
		folder := filepath.Join(dir, sides[i].name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		sides[i].b, err = browser.Start(ctx, browser.Options{
			Kind: kind, Env: append(screen.Env(), "HOME="+folder), Dir: folder, Extensions: extensions,
			Prefs: map[string]any{"privacy.reduceTimerPrecision": false},
		})
		if err != nil {
			return err
		}
		defer sides[i].b.Close()
	}
	for n := range dropped + loads {
		for i := range sides { // who comes first changes, too
			s := sides[(i+n)%len(sides)]
			took, err := s.load(ctx, pages)
			if err != nil {
				return err
			}
			if n >= dropped {
				s.times = append(s.times, took)
			}
		}
	}
	for _, s := range sides {
		slices.Sort(s.times)
		fmt.Printf("%-9s %-8s median %5.1f ms, quartiles %5.1f to %5.1f, %d loads\n",
			kind, s.name, quantile(s.times, 2), quantile(s.times, 1), quantile(s.times, 3), len(s.times))
	}
	return nil
}

var text = strings.Repeat("<p>"+strings.Repeat("A page with some words in it. ", 8)+"</p>\n", 200)

func (s *side) load(ctx context.Context, pages *page.Server) (took float64, err error) {
	p := pages.New("", text)
	if err := s.b.Open(ctx, p.URL()); err != nil {
		return 0, err
	}
	var got struct {
		Took  float64
		WebLN string
	}
	if err := p.Run(ctx, &got, `const [n] = performance.getEntriesByType('navigation')
		return { took: n.domContentLoadedEventEnd - n.responseEnd, webln: typeof window.webln }`); err != nil {
		return 0, err
	}
	if want := map[string]string{"with": "object", "without": "undefined"}[s.name]; got.WebLN != want {
		return 0, fmt.Errorf("%s the extension webln is %s", s.name, got.WebLN)
	}
	return got.Took, nil
}

// quantile is the quarter of sorted numbers.
func quantile(sorted []float64, quarter int) float64 {
	at := float64(len(sorted)-1) * float64(quarter) / 4
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// injected prints what runs in each page.
func injected() error {
	dir, err := client.Extension(browser.Firefox)
	if err != nil {
		return err
	}
	total := int64(0)
	for _, name := range []string{"page.js", "content.js"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		total += info.Size()
	}
	fmt.Printf("injected in each page: %d bytes of JavaScript, as written\n", total)
	return nil
}
