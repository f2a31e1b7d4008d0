#!/usr/bin/env -S python3 -S
"""Stand-ins for the programs of dom0 that the formula calls, by the name that
this file is called by. Any other use of them than the formula's fails.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import qubes_store  # noqa: E402


def usage(argv):
    print(f"{argv[0]}: the stand-in does not know these arguments: {argv[1:]}", file=sys.stderr)
    return 2


def qvm_ls(argv):
    with qubes_store.machine() as m:
        every = dict(sorted(m.qubes.items()))
    every["dom0"] = {"class": "AdminVM", "template": "", "tags": []}
    if argv[1:3] == ["--raw-list", "--tags"] and len(argv) == 4:
        names = [n for n, q in every.items() if argv[3] in q["tags"]]
        print("\n".join(names))
        return 0
    if argv[1:3] == ["--raw-data", "--fields"] and len(argv) == 4:
        columns = {
            "name": lambda n, q: n,
            "class": lambda n, q: q["class"],
            "template": lambda n, q: q["template"] or "-",
        }
        for name, qube in every.items():
            print("|".join(columns[c](name, qube) for c in argv[3].split(",")))
        return 0
    return usage(argv)


def qubes_prefs(argv):
    if len(argv) != 2:
        return usage(argv)
    with qubes_store.machine() as m:
        print(m.data["prefs"].get(argv[1], ""))
    return 0


def qvm_features(argv):
    if len(argv) != 3:
        return usage(argv)
    with qubes_store.machine() as m:
        value = m.qubes.get(argv[1], {}).get("features", {}).get(argv[2])
    if value is None:
        print(f"{argv[0]}: no such feature or qube", file=sys.stderr)
        return 1
    print(value)
    return 0


def qubesctl(argv):
    """Only the one form that is sound inside of a run in dom0. A qube that the
    test names in $QPAY_TEST_BROKEN fails, as if its template were broken. With
    $QPAY_TEST_INSIDE the state is really applied, by that program."""
    if len(argv) != 7 or argv[1:3] != ["--skip-dom0", "--show-output"] or argv[4:6] != ["--", "state.apply"]:
        return usage(argv)
    target = argv[3].partition("--targets=")[2]
    with qubes_store.machine() as m:
        if target not in m.qubes:
            return 0  # as the real one: dropped without a word
        m.log("qubesctl", target, argv[6])
    if target in os.environ.get("QPAY_TEST_BROKEN", "").split():
        print(f"{target}: ERROR (exception Failed to return clean data)")
        return 20
    inside = os.environ.get("QPAY_TEST_INSIDE")
    return os.spawnl(os.P_WAIT, inside, inside, target, argv[6]) if inside else 0


PROGRAMS = {
    "qvm-ls": qvm_ls,
    "qubes-prefs": qubes_prefs,
    "qvm-features": qvm_features,
    "qubesctl": qubesctl,
}

if __name__ == "__main__":
    args = [os.path.basename(sys.argv[0])] + sys.argv[1:]
    sys.exit(PROGRAMS[args[0]](args))
