"""JSON as README.md means it: strict where Python is lenient."""

import json
import re


def write_json_string(value):
    """As JSON.stringify writes it: UTF-8, and only what has no UTF-8 is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda half: "\\u%04x" % ord(half[0]), text).encode()


def read_json(data, object_pairs_hook=None):
    """What a JSON text in UTF-8 says. ValueError for anything else; a byte order mark is something else."""
    try:
        return json.loads(data.decode("utf-8"), parse_constant=refuse, object_pairs_hook=object_pairs_hook)
    except RecursionError:
        raise ValueError("nested too deep") from None


def refuse(constant):
    """Python would take NaN and Infinity."""
    raise ValueError(constant)


def unique_members(pairs):
    """An object whose members are there once each: the hook to read with where that matters."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)


def is_number(value):
    """True and False are numbers in Python, and not in JSON."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(value):
    """JSON does not tell 1 from 1.0. Beyond 2 to the 53 not every reader has the same number."""
    return is_number(value) and value == value // 1 and abs(value) < 2**53
