"""The qubes of a machine that is not there: one JSON file, $QPAY_TEST_STORE.

Beside it a log with one line for each change, store.log. The states of
states/qvm.py and the programs of programs.py work on it.
"""

import contextlib
import fcntl
import json
import os
import re

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,30}\Z")
LABELS = ("red", "yellow", "green", "blue", "purple", "orange", "gray", "black")


class Machine:
    """What qubesd knows. Properties are there only if somebody set them."""

    def __init__(self, data):
        self.data = data
        self.lines = []

    @property
    def qubes(self):
        return self.data["qubes"]

    def log(self, *words):
        self.lines.append(" ".join(words))

    def add(self, name, cls, label, template="", props=None, features=None, tags=()):
        if name in self.qubes:
            raise ValueError(f"{name} is there already")
        if not NAME.match(name):
            raise ValueError(f"{name!r} is no name of a qube")
        if label not in LABELS:
            raise ValueError(f"there is no label {label!r}")
        if template and self.qubes.get(template, {}).get("class") != "TemplateVM":
            raise ValueError(f"there is no template {template!r}")
        self.qubes[name] = {
            "class": cls,
            "label": label,
            "template": template,
            "power": "Halted",
            "props": dict(props or {}),
            "features": dict(features or {}),
            "tags": sorted(set(tags) | {"created-by-dom0"}),
        }


@contextlib.contextmanager
def machine():
    """The machine, locked; written back unless an exception leaves."""
    path = os.environ["QPAY_TEST_STORE"]
    with open(path + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(path, encoding="utf-8") as f:
            m = Machine(json.load(f))
        yield m
        if m.lines:
            with open(path + ".new", "w", encoding="utf-8") as f:
                json.dump(m.data, f, indent=1, sort_keys=True)
            os.replace(path + ".new", path)
            with open(path + ".log", "a", encoding="utf-8") as f:
                f.writelines(line + "\n" for line in m.lines)
