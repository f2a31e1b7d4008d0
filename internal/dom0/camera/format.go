package camera

import (
	"fmt"
	"slices"
)

// enough pixels for the dense code of an invoice with a long text, at no more
// than what crosses between the qubes in time: pictures are not compressed.
const enough = 1280 * 720

// format picks one of "WIDTHxHEIGHTxRATE": the smallest picture that is enough,
// else the largest, at the highest rate up to 30. "" if none is known, by which
// Video Companion takes its own.
func format(formats []string) string {
	type size struct{ w, h, rate int }
	var all []size
	for _, f := range formats {
		var z size
		if n, err := fmt.Sscanf(f, "%dx%dx%d", &z.w, &z.h, &z.rate); n == 3 && err == nil && z.rate <= 30 {
			all = append(all, z)
		}
	}
	if len(all) == 0 {
		return ""
	}
	best := slices.MaxFunc(all, func(a, b size) int {
		pa, pb := a.w*a.h, b.w*b.h
		switch {
		case pa == pb:
			return a.rate - b.rate
		case pa >= enough && pb >= enough:
			return pb - pa
		}
		return pa - pb
	})
	return fmt.Sprintf("%dx%dx%d", best.w, best.h, best.rate)
}
