// Package adminapi speaks Qubes' Admin API to qubesd (dom0, trusted), by its
// Unix socket and as Qubes 4.2 and 4.3 do: it asks which qubes and cameras
// there are, and attaches and detaches devices.
//
// What qubesd answers holds words that others chose: sys-usb and the plugged
// device write descriptions, serial numbers and ids, and the text of an error
// quotes the qube that caused it. So each name is checked before it gets a type
// of its own, a description is reduced to plain characters, and of an error
// only its type is used, never its text.
package adminapi
