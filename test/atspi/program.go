package atspi

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Program is a running program with its windows.
type Program struct{ root object }

// Node is one thing that a program shows.
type Node struct {
	Role, Name, Text   string
	Sensitive, Focused bool
	X, Y, W, H         int // on the screen
	object             object
}

func (n Node) String() string {
	s := fmt.Sprintf("%s %q", n.Role, n.Name)
	if n.Text != "" && n.Text != n.Name {
		s += fmt.Sprintf(" text %q", n.Text)
	}
	if !n.Sensitive {
		s += " (grey)"
	}
	if n.Focused {
		s += " (focus)"
	}
	return s
}

// Button is the role of a push button.
const Button = "push button"

// Nodes lists what is showing, in the order of the tree. Hidden pages are in
// the tree as well, and are left out.
func (p *Program) Nodes(ctx context.Context) (nodes []Node, err error) {
	windows, err := p.root.children(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range windows {
		if err := walk(ctx, object{p.root.bus, w}, &nodes); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

func walk(ctx context.Context, o object, nodes *[]Node) error {
	bits, err := o.state(ctx)
	if err != nil || bits>>showing&1 == 0 {
		return err
	}
	n := Node{object: o, Sensitive: bits>>sensitive&1 == 1, Focused: bits>>focused&1 == 1}
	if n.Role, err = o.role(ctx); err != nil {
		return err
	}
	if n.Name, err = o.name(ctx); err != nil {
		return err
	}
	if n.Text, err = o.text(ctx); err != nil {
		return err
	}
	if r, err := o.extents(ctx); err == nil {
		n.X, n.Y, n.W, n.H = r[0], r[1], r[2], r[3]
	}
	*nodes = append(*nodes, n)
	children, err := o.children(ctx)
	if err != nil {
		return err
	}
	for _, c := range children {
		if err := walk(ctx, object{o.bus, c}, nodes); err != nil {
			return err
		}
	}
	return nil
}

// Wait waits until a node that showing passes. The tree may change while it is
// read, and then it is read again.
func (p *Program) Wait(ctx context.Context, what string, ok func(Node) bool) (Node, error) {
	var found Node
	err := poll(ctx, func() error {
		nodes, err := p.Nodes(ctx)
		if err != nil {
			return err
		}
		for _, n := range nodes {
			if ok(n) {
				found = n
				return nil
			}
		}
		return fmt.Errorf("%s is not there, but:\n%s", what, list(nodes))
	})
	return found, err
}

// WaitText waits until a text that contains this is shown.
func (p *Program) WaitText(ctx context.Context, text string) (Node, error) {
	return p.Wait(ctx, fmt.Sprintf("text %q", text), func(n Node) bool {
		return strings.Contains(n.Text, text) || strings.Contains(n.Name, text)
	})
}

// WaitButton waits for a button whose name is name or begins with it, and which
// is sensitive or not, as asked.
func (p *Program) WaitButton(ctx context.Context, name string, sensitive bool) (Node, error) {
	return p.Wait(ctx, fmt.Sprintf("button %q, sensitive %t", name, sensitive), func(n Node) bool {
		return n.Role == Button && strings.HasPrefix(n.Name, name) && n.Sensitive == sensitive
	})
}

// Press waits for a button until it is sensitive, and presses it.
func (p *Program) Press(ctx context.Context, name string) error {
	n, err := p.WaitButton(ctx, name, true)
	if err != nil {
		return err
	}
	return n.Press(ctx)
}

// Press presses a button as it is; a grey one does nothing.
func (n Node) Press(ctx context.Context) error {
	var done bool
	return n.object.call(ctx, "Action.DoAction", &done, int32(0))
}

// SetText replaces the text of the entry with this name.
func (p *Program) SetText(ctx context.Context, entry, text string) error {
	n, err := p.Wait(ctx, fmt.Sprintf("entry %q", entry), func(n Node) bool {
		return n.Name == entry && n.Role != "label"
	})
	if err != nil {
		return err
	}
	var done bool
	if err := n.object.call(ctx, "EditableText.SetTextContents", &done, text); err != nil {
		return err
	}
	if !done {
		return fmt.Errorf("entry %q took no text", entry)
	}
	return nil
}

// Focused is the node that has the keyboard.
func (p *Program) Focused(ctx context.Context) (Node, error) {
	nodes, err := p.Nodes(ctx)
	if err != nil {
		return Node{}, err
	}
	for _, n := range nodes {
		if n.Focused {
			return n, nil
		}
	}
	return Node{}, errors.New("nothing has the focus")
}

// List writes down all that is shown, for the message of a failed test.
func (p *Program) List(ctx context.Context) string {
	nodes, err := p.Nodes(ctx)
	if err != nil {
		return err.Error()
	}
	return list(nodes)
}

func list(nodes []Node) string {
	var b strings.Builder
	for _, n := range nodes {
		if n.Name != "" || n.Text != "" {
			fmt.Fprintf(&b, "  %s\n", n)
		}
	}
	return b.String()
}
