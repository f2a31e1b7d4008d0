"""A stand-in for the states qvm.* of Qubes, run by real Salt.

Written from what was observed of the real ones. About input it is stricter:
what they ignore without a word is refused here. About results it is exactly as
lax: an empty comment for a missing qube, no changes when a qube is made,
qvm.prefs that writes in test mode. So what passes here passes there.

Only the states that the formula needs are here; any other is unknown to Salt.
"""

import qubes_store

__virtualname__ = "qvm"

# The properties, in the order in which the real module writes them, and the
# type of each. None: a qube, or none.
PROPS = {
    "autostart": bool,
    "debug": bool,
    "default_user": str,
    "default_dispvm": None,
    "management_dispvm": None,
    "guivm": None,
    "audiovm": None,
    "label": str,
    "include_in_backups": bool,
    "maxmem": int,
    "memory": int,
    "netvm": None,
    "provides_network": bool,
    "template": str,
    "qrexec_timeout": int,
    "vcpus": int,
}


class Refused(Exception):
    """Input that the real module would ignore or stumble over."""


def __virtual__():
    return __virtualname__


def _answer(label, result, changes=None, comment="", stderr=""):
    if result and __opts__["test"]:
        result = None
    return {
        "name": label,
        "result": result,
        "changes": changes or {},
        "comment": comment,
        "retcode": 0 if result is not False else 1,
        "stdout": "",
        "stderr": stderr,
        "data": "",
        "prefix": "",
        "message": "",
        "error_message": "",
    }


def _missing(name):
    # The text is where nobody sees it, as it is on Qubes.
    return _answer("", False, stderr=f"no such domain: {name!r}")


def _own(kwargs):
    """The keywords of a state, without those that Salt adds."""
    return {k: v for k, v in kwargs.items() if not k.startswith("__")}


def _nothing_else(kwargs):
    if _own(kwargs):
        raise Refused(f"unknown keywords: {sorted(_own(kwargs))}")


def _name(name):
    if not isinstance(name, str) or not qubes_store.NAME.match(name):
        raise Refused(f"{name!r} is no name of a qube")


def _words(value, what):
    """A list of words; an empty one would act on the qube with the empty name."""
    if not isinstance(value, list) or not value:
        raise Refused(f"{what} must be a list with something in it, not {value!r}")
    for word in value:
        if not isinstance(word, str) or not word or word.startswith("-") or " " in word:
            raise Refused(f"{what}: {word!r} is no word")
    return value


def exists(name, flags=None, **kwargs):
    _name(name)
    _nothing_else(kwargs)
    flags = _words(flags, "flags") if flags is not None else []
    if set(flags) - {"quiet", "template"}:
        raise Refused(f"unknown flags: {flags}")
    with qubes_store.machine() as m:
        qube = m.qubes.get(name)
        there = qube and ("template" not in flags or qube["class"] == "TemplateVM")
    # Really checked, in test mode too.
    answer = _answer("qvm.check", bool(there), comment=f"{name} {'exists' if there else 'does not exist'}")
    answer["result"] = bool(there)
    return answer


def present(name, template=None, label="red", mem=None, vcpus=None, **kwargs):
    _name(name)
    _nothing_else(kwargs)
    for number in (mem, vcpus):
        if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
            raise Refused(f"{number!r} is no number")
    with qubes_store.machine() as m:
        if name in m.qubes or __opts__["test"]:
            return _answer("qvm.create", True)
        props = {k: v for k, v in (("memory", mem), ("vcpus", vcpus)) if v is not None}
        try:
            m.add(name, "AppVM", label, template or m.data["prefs"]["default_template"], props)
        except ValueError as err:
            return _answer("qvm.create", False, stderr=str(err))
        qube = m.qubes[name]
        m.log("create", name, qube["template"], label, *(f"{k}={v}" for k, v in sorted(props.items())))
    return _answer("qvm.create", True)


def absent(name, **kwargs):
    _name(name)
    _nothing_else(kwargs)
    with qubes_store.machine() as m:
        if name not in m.qubes or __opts__["test"]:
            return _answer("qvm.remove", True)
        users = [q for q, v in m.qubes.items() if v["template"] == name or name in v["props"].values()]
        if users:
            return _answer("qvm.remove", False, stderr=f"{name} is in use by {users}")
        del m.qubes[name]
        m.log("remove", name)
    return _answer("qvm.remove", True)


def clone(name, source, **kwargs):
    _name(name)
    _name(source)
    _nothing_else(kwargs)
    with qubes_store.machine() as m:
        if name in m.qubes:
            return _answer("qvm.clone", True)
        old = m.qubes.get(source)
        if old is None:
            return _answer("qvm.clone", False, stderr=f"no such domain: {source!r}")
        if not __opts__["test"]:
            # Tags and features come along.
            m.add(name, old["class"], old["label"], old["template"], old["props"], old["features"], old["tags"])
            m.log("clone", source, name)
    return _answer("qvm.clone", True)


def _typed(m, key, value):
    kind = PROPS[key]
    if kind is None:
        if value in ("", "none"):
            return None
        if value not in m.qubes:
            raise Refused(f"{key}: there is no qube {value!r}")
        return value
    # An integer in quotes changes at each run; true is an integer to Python.
    if type(value) is not kind:
        raise Refused(f"{key}: {value!r} is not of type {kind.__name__}")
    return value


def prefs(name, **kwargs):
    _name(name)
    given = _own(kwargs)
    # Hyphens are accepted on Qubes, but then "" does not mean none.
    if not given or set(given) - set(PROPS):
        raise Refused(f"unknown properties: {sorted(set(given) - set(PROPS)) or 'none given'}")
    with qubes_store.machine() as m:
        qube = m.qubes.get(name)
        if qube is None:
            return _missing(name)
        changes = {}
        for key in (k for k in PROPS if k in given):
            new = _typed(m, key, given[key])
            old = qube["props"].get(key, "*default*")
            if old != new:
                # Also in test mode.
                qube["props"][key] = new
                changes[key] = {"old": old, "new": new}
                m.log("prefs", name, f"{key}={new}")
    return _answer("qvm.prefs", True, {"qvm.create": changes} if changes else {})


def _pairs(value):
    if not isinstance(value, list) or not value:
        raise Refused(f"set must be a list of one-key maps, not {value!r}")
    for entry in value:
        if not isinstance(entry, dict) or len(entry) != 1:
            raise Refused(f"set: {entry!r} is no one-key map")
        ((key, text),) = entry.items()
        # Anything else is compared raw and changes at each run.
        if not isinstance(key, str) or not isinstance(text, str):
            raise Refused(f"set: {entry!r} is no text for a text")
        yield key, text


def _feature_lists(enable, disable, default):
    """What each name becomes: default beats disable beats enable."""
    new = {}
    for value, words in (("1", enable), ("", disable), (None, default)):
        if words is not None:
            new.update(dict.fromkeys(_words(words, "features"), value))
    return new


def _change_features(name, new):
    with qubes_store.machine() as m:
        qube = m.qubes.get(name)
        if qube is None:
            return None
        changes = {}
        for key, value in new.items():
            old = qube["features"].get(key)
            if old == value:
                continue
            changes[key] = {"old": old, "new": value}
            if __opts__["test"]:
                continue
            if value is None:
                del qube["features"][key]
                m.log("features", name, f"{key} unset")
            else:
                qube["features"][key] = value
                m.log("features", name, f"{key}={value}")
    return changes


def features(name, enable=None, disable=None, default=None, set=None, **kwargs):  # pylint: disable=redefined-builtin
    _name(name)
    _nothing_else(kwargs)
    new = _feature_lists(enable, disable, default)
    if set is not None:
        new.update(_pairs(set))
    if not new:
        raise Refused("no features")
    changes = _change_features(name, new)
    if changes is None:
        return _missing(name)
    return _answer("qvm.features", True, {"qvm.features": changes} if changes else {})


def service(name, enable=None, disable=None, default=None, **kwargs):
    _name(name)
    _nothing_else(kwargs)
    new = _feature_lists(enable, disable, default)
    if not new:
        raise Refused("no services")
    changes = _change_features(name, {"service." + key: value for key, value in new.items()})
    if changes is None:
        return _missing(name)
    words = {"1": "Enabled", "": "Disabled", None: "Missing"}
    said = {
        key[len("service.") :]: {when: words[value] for when, value in change.items()}
        for key, change in changes.items()
    }
    return _answer("qvm.service", True, {"qvm.service": said} if said else {})


def tags(name, add=None, **kwargs):
    _name(name)
    # `del` is no name that a function can have.
    given = _own(kwargs)
    remove = given.pop("del", None)
    _nothing_else(given)
    if add is None and remove is None:
        raise Refused("no tags")
    add = set(_words(add, "add")) if add is not None else set()
    remove = set(_words(remove, "del")) if remove is not None else set()
    with qubes_store.machine() as m:
        qube = m.qubes.get(name)
        if qube is None:
            return _missing(name)
        old = qube["tags"]
        new = sorted((set(old) | add) - remove)
        if new == old:
            return _answer("qvm.tags", True)
        if not __opts__["test"]:
            qube["tags"] = new
            for tag in sorted(set(new) - set(old)):
                m.log("tags", name, "add", tag)
            for tag in sorted(set(old) - set(new)):
                m.log("tags", name, "del", tag)
    return _answer("qvm.tags", True, {"qvm.tags": {"old": old, "new": new}})
