"""JSON as README.md means it: strict where Python is lenient."""

import json
import math
import re
from decimal import Decimal


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


def canonical_json(value, depth=0):
    """RFC 8785, at most 100 deep; lone surrogates are escaped. ValueError for what is no JSON."""
    if isinstance(value, str):
        return write_json_string(value)
    if value is None or isinstance(value, bool):
        return {None: b"null", True: b"true", False: b"false"}[value]
    if isinstance(value, (int, float)):
        return write_number(value).encode()
    if depth == 100:
        raise ValueError("nested too deep")
    if isinstance(value, list):
        return b"[" + b",".join(canonical_json(each, depth + 1) for each in value) + b"]"
    members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be", "surrogatepass"))
    written = [write_json_string(name) + b":" + canonical_json(each, depth + 1) for name, each in members]
    return b"{" + b",".join(written) + b"}"


def write_number(value):
    """As ECMAScript writes a double: Number::toString."""
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("no JSON")
    if number == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + exponent
    if 0 < point <= 21:
        text = text.ljust(point, "0") if len(text) <= point else f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + text
    else:
        fraction = text[1:] and f".{text[1:]}"
        text = f"{text[0]}{fraction}e{point - 1:+d}"
    return "-" * sign + text
