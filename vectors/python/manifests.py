"""Manifests of entries (README.md, Manifests)."""

import datetime
import hashlib
import hmac
import json
import re

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import fields
from .json_text import canonical_json, is_whole, write_json_string
from .keys import fingerprint
from .refused import Refused
from .values import is_sealed

BOUND = (
    "headers",
    "password",
    "proxy",
    "proxy_setting",
    "proxy_value",
    "secret_cache_ttl_seconds",
    "secret_provider_id",
    "secret_ref",
    "tfa_method",
    "tfa_secret",
    "user_name",
)


def manifest_key(key):
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"credseal/v1/manifest").derive(key)


def mac_of(texts, mac_key):
    """Over texts in UTF-8, each behind its length in four bytes."""
    mac = hmac.new(mac_key, digestmod=hashlib.sha256)
    for text in texts:
        mac.update(len(text).to_bytes(4, "big") + text)
    return mac.hexdigest()


def names_of(entry):
    """The two names of an entry, or what is wrong with it."""
    if not isinstance(entry, dict):
        raise Refused("ERR_ENTRY_INVALID", issues=[dict(path="", rule="payload/not-an-object")])
    issues = [
        dict(path=name, rule="setting/type" if name in entry else "payload/missing-field")
        for name in fields.REQUIRED
        if not isinstance(entry.get(name), str)
    ]
    if issues:
        raise Refused("ERR_ENTRY_INVALID", issues=issues)
    return tuple(entry[name] for name in fields.REQUIRED)


def entry_mac(entry, mac_key):
    texts = [b"credseal/v1/manifest/entry", *map(write_json_string, names_of(entry))]
    for name in BOUND:
        value = entry.get(name)
        if value is None:
            continue
        if name in (*fields.CREDENTIALS, "proxy_value") and is_sealed(value):
            value = value.lower()
        elif name in fields.sealed_fields(entry):
            raise Refused("ERR_SEALED_FORMAT", field=name)
        try:
            texts += [name.encode(), canonical_json(value)]
        except ValueError:
            raise Refused("ERR_ENTRY_INVALID", issues=[dict(path=name, rule="setting/type")]) from None
    return mac_of(texts, mac_key)


def line_of(**members):
    """As JSON.stringify writes it: a member that is None is left out."""
    written = [
        write_json_string(name) + b":" + (canonical_json(value))
        for name, value in members.items()
        if value is not None
    ]
    return b"{" + b",".join(written) + b"}"


def end_mac(lines, unsigned, mac_key):
    return mac_of([b"credseal/v1/manifest/end", *lines, unsigned], mac_key)


def make_manifest(entries, keys, at, vault=None, previous=None):
    if vault is not None and (not isinstance(vault, str) or vault == ""):
        raise Refused("ERR_MANIFEST")
    if previous is not None and not is_hex(previous, 64):
        raise Refused("ERR_MANIFEST")  # libraries take a whole manifest as well
    mac_key = manifest_key(keys[0])
    lines = {}
    for entry in as_list(entries):
        names = names_of(entry)
        if names in lines:
            issue = dict(path="permissioned_user_id", rule="batch/duplicate-entry")
            raise Refused("ERR_ENTRY_INVALID", issues=[issue])
        lines[names] = line_of(permissioned_user_id=names[0], domain=names[1], mac=entry_mac(entry, mac_key))
    lines = sorted(lines.values())
    end = dict(version=1, entries=len(lines), at=at, vault=vault, previous=previous, key=fingerprint(keys[0]))
    mac = end_mac(lines, line_of(**end), mac_key)
    return b"".join(line + b"\n" for line in [*lines, line_of(**end, mac=mac)]).decode()


def as_list(entries):
    if not isinstance(entries, list):
        raise Refused("ERR_ENTRY_INVALID", issues=[dict(path="", rule="payload/not-an-object")])
    return entries


def read_manifest(text):
    """Lines, the last one without its MAC, its key and its MAC; what is not written as above is none."""
    if not isinstance(text, str):
        raise Refused("ERR_MANIFEST")
    try:
        lines = text[: -1 if text.endswith("\n") else None].encode().split(b"\n")
        read = [json.loads(line) for line in lines]
    except ValueError:
        raise Refused("ERR_MANIFEST") from None
    if not all(isinstance(each, dict) for each in read):
        raise Refused("ERR_MANIFEST")
    *entries, end = read
    names = ("version", "entries", "at", "vault", "previous", "key")
    unsigned = {name: end.get(name) for name in names}
    is_right = is_end(end) and lines[-1] == line_of(**unsigned, mac=end["mac"])
    for line, each in zip(lines, entries):
        user, domain, mac = (each.get(name) for name in ("permissioned_user_id", "domain", "mac"))
        is_named = isinstance(user, str) and isinstance(domain, str) and is_hex(mac, 64)
        is_right = is_right and is_named and line == line_of(permissioned_user_id=user, domain=domain, mac=mac)
    if not is_right:
        raise Refused("ERR_MANIFEST")
    return entries, lines[:-1], unsigned, end["mac"]


def is_end(end):
    vault, previous = end.get("vault"), end.get("previous")
    return (
        is_whole(end.get("version"))
        and end["version"] == 1
        and is_whole(end.get("entries"))
        and is_time(end.get("at"))
        and ("vault" not in end or (isinstance(vault, str) and vault != ""))
        and ("previous" not in end or is_hex(previous, 64))
        and is_hex(end.get("key"), 16)
        and is_hex(end.get("mac"), 64)
    )


def is_hex(value, digits):
    return isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", value) is not None


def is_time(value):
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value, re.A):
        return False
    try:
        datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        return False
    return int(value[17:19]) < 60


def check_manifest(entries, text, keys):
    """The findings; with an error among them they are refused."""
    named, lines, end, mac = read_manifest(text)
    key = next((key for key in keys if fingerprint(key) == end["key"]), None)
    mac_key = None if key is None else manifest_key(key)
    if key is None or not hmac.compare_digest(end_mac(lines, line_of(**end), mac_key), mac):
        return reported([("", "manifest/wrong-key-or-changed", "error")])
    expected = {(each["permissioned_user_id"], each["domain"]): each["mac"] for each in named}
    if lines != sorted(lines) or len(expected) != len(lines) or end["entries"] != len(lines):
        raise Refused("ERR_MANIFEST")
    found = [] if key == keys[0] else [("", "manifest/previous-key", "warning")]
    seen = set()
    for index, entry in enumerate(as_list(entries)):
        found += [(path, rule, "error") for path, rule in held_against(entry, f"[{index}]", expected, seen, mac_key)]
    found += [("", "manifest/removed", "error") for names in expected if names not in seen]
    return reported(found)


def held_against(entry, place, expected, seen, mac_key):
    try:
        names = names_of(entry)
    except Refused as refused:
        for issue in refused.answer["issues"]:
            yield place + (issue["path"] and f".{issue['path']}"), issue["rule"]
        return
    if names in seen:
        yield f"{place}.permissioned_user_id", "batch/duplicate-entry"
    elif names not in expected:
        yield place, "manifest/added"
    elif not is_as_it_was(entry, expected[names], mac_key):
        yield place, "manifest/changed"
    seen.add(names)


def is_as_it_was(entry, mac, mac_key):
    try:
        return hmac.compare_digest(entry_mac(entry, mac_key), mac)
    except Refused:
        return False  # nothing that a manifest could be made of


def reported(found):
    findings = [dict(rule=rule, severity=severity, path=path) for path, rule, severity in found]
    if any(severity == "error" for _, _, severity in found):
        raise Refused("ERR_MANIFEST", findings=findings)
    return findings
