package ask

// Line makes a text from outside drawable in one line of at most max
// characters, in a terminal as in the window.
func Line(untrusted string, max int) string { return line(untrusted, max).text }
