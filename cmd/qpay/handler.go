package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/handler"
	"qpay/internal/wire"
)

func handlerVerb() verb {
	return verb{
		name: "handler", usage: "say which program opens Lightning links, or make it qpay", timeout: answerTakes,
		text: `qpay handler                    one line for each kind of link
qpay handler --set              qpay opens them from now on, for this user

It asks and tells the desktop of this qube, and no other qube.`,
		run:   handle,
		flags: []cli.Flag{&cli.BoolFlag{Name: "set", Usage: "make it qpay"}},
	}
}

func handle(c *call) error {
	ctx := c.Context.Context
	if c.Bool("set") {
		if err := handler.Set(ctx); err != nil {
			return c.noHandler(err)
		}
	}
	all, err := handler.All(ctx)
	if err != nil {
		return c.noHandler(err)
	}
	others := false
	for _, h := range all {
		program := h.Program
		if program == "" {
			program = "nothing"
		}
		c.print(h, fmt.Sprintf("%-12s%s", h.Scheme+":", program))
		others = others || !h.Ours
	}
	if others {
		c.say("qpay handler --set makes it qpay")
	}
	return nil
}

func (c *call) noHandler(err error) error {
	e := wire.New(wire.Internal, err.Error()+".", "")
	var with *handler.Error
	if errors.As(err, &with) {
		e.Hint = with.Hint
	}
	return c.fail(e)
}
