package doctor

import (
	"errors"
	"fmt"
	"strings"

	"qpay/internal/client/handler"
)

// byDesktop: the person chooses who opens links, in this qube.
const byDesktop = "desktop"

// Links says who opens Lightning links in this qube. That it is not qpay is no
// fault.
func Links(all []handler.Handler, err error) Check {
	c := Check{Name: "links", State: Off, By: byDesktop}
	var e *handler.Error
	switch {
	case errors.As(err, &e):
		c.Message, c.Hint = e.Message, e.Hint
		return c
	case err != nil:
		c.Message = err.Error()
		return c
	}
	var ours, others []string
	for _, h := range all {
		switch {
		case h.Ours:
			ours = append(ours, h.Scheme+":")
		case h.Program == "":
			others = append(others, h.Scheme+": by nothing")
		default:
			others = append(others, fmt.Sprintf("%s: by %.60s", h.Scheme, h.Program))
		}
	}
	if len(others) == 0 {
		return Check{Name: c.Name, State: OK, Message: "qpay opens links of " + strings.Join(ours, ", ")}
	}
	c.Message = "links are not opened by qpay: " + strings.Join(others, ", ")
	c.Hint = "qpay handler --set makes it qpay"
	return c
}
