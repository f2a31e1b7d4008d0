package doctor

import (
	"encoding/json"
	"fmt"
	"io"
)

// Print writes one line for each finding.
func Print(w io.Writer, fs []Finding) error {
	for _, f := range fs {
		text := f.Text
		if f.Hint != "" {
			text += "; hint: " + f.Hint
		}
		if _, err := fmt.Fprintf(w, "%-4s  %-13s  %s\n", f.Status, f.Name, text); err != nil {
			return err
		}
	}
	return nil
}

// PrintJSON writes one object: ok, and the findings.
func PrintJSON(w io.Writer, fs []Finding) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		OK       bool      `json:"ok"`
		Findings []Finding `json:"findings"`
	}{!Failed(fs), fs})
}
