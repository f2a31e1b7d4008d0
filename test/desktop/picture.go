package desktop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Screenshot writes a picture of the whole screen as PNG.
func (d *Desktop) Screenshot(ctx context.Context, file string) error {
	return d.picture(ctx, file, "-window", "root")
}

// ScreenshotWindow writes a picture of one window with its title bar and border.
func (d *Desktop) ScreenshotWindow(ctx context.Context, id, file string) error {
	r, err := d.Geometry(ctx, id)
	if err != nil {
		return err
	}
	out, err := d.output(ctx, "xprop", "-id", id, "_NET_FRAME_EXTENTS")
	if err != nil {
		return err
	}
	var left, right, top, bottom int
	if _, value, ok := strings.Cut(out, "="); ok {
		_, _ = fmt.Sscanf(strings.TrimSpace(value), "%d, %d, %d, %d", &left, &right, &top, &bottom)
	}
	return d.picture(ctx, file, "-window", "root", "-crop",
		fmt.Sprintf("%dx%d+%d+%d", r.W+left+right, r.H+top+bottom, r.X-left, r.Y-top), "+repage")
}

// picture leaves out what changes from run to run, so that a picture of the
// same window is the same file.
func (d *Desktop) picture(ctx context.Context, file string, args ...string) error {
	file, err := filepath.Abs(file) // the program runs in another folder
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	args = append(args, "-strip", "-define", "png:exclude-chunks=date,time", "png:"+file)
	_, err = d.output(ctx, "import", args...)
	return err
}
