package adminapi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Qube is the name of a qube, checked.
type Qube string

// Dom0 is the name of dom0 in the Admin API.
const Dom0 Qube = "dom0"

// Port is where a device is plugged in, by its qube's name for it: 2-1.4, or
// dev-video0. Checked.
type Port string

// Class is a kind of device.
type Class string

// The classes that this program knows.
const (
	USB    Class = "usb"    // the whole device goes to the other qube
	Webcam Class = "webcam" // its pictures only: Qubes Video Companion, 4.3
)

var (
	qubePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,30}$`)
	portPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	idPattern   = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,200}$`)
)

// ParseQube checks the name of a qube: what passes holds nothing that a
// dialog, an option of a program or the protocol could take for something else.
func ParseQube(untrusted string) (Qube, error) {
	if !qubePattern.MatchString(untrusted) {
		return "", fmt.Errorf("%.40q is no name of a qube", untrusted)
	}
	return Qube(untrusted), nil
}

// ParsePort checks the name of a port.
func ParsePort(untrusted string) (Port, error) {
	if !portPattern.MatchString(untrusted) {
		return "", fmt.Errorf("%.40q is no name of a port", untrusted)
	}
	return Port(untrusted), nil
}

// parseID keeps an id that can be sent back. One with a space, say from the
// serial number that a device made up, cannot: it would shift the words of the
// request. Seven underscores mean "unknown" in a request.
func parseID(untrusted string) string {
	if !idPattern.MatchString(untrusted) || strings.Contains(untrusted, "_______") {
		return ""
	}
	return untrusted
}

// fingerprint stands for words of the device that are compared and never shown.
func fingerprint(untrusted string) string {
	sum := sha256.Sum256([]byte(untrusted))
	return hex.EncodeToString(sum[:8])
}

// maxLabel is as much of a device's own words as is worth a column.
const maxLabel = 40

// label reduces what a device says of itself to plain characters. It may lie,
// so it is shown in quotes, in a column that says whose words these are.
func label(untrusted string) string {
	var b strings.Builder
	for _, r := range untrusted {
		if b.Len() == maxLabel {
			b.WriteString("...")
			break
		}
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(" .,:()-", r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
