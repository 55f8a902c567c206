#!/usr/bin/env python3
"""The formats of README.md beside it in Python, from its words, on another library than credseal's.

    reference.py            answers requests on stdin, one JSON object a line: for credseal vectors verify --exec
    reference.py FILE...    runs the vectors in these files by itself; exit code 1 if it disagrees with any

It needs Python 3.9 and the package `cryptography` (Debian: python3-cryptography). The formats are in the folder
python/, a module each; here are the protocol and the runner.
"""

import json
import sys

sys.dont_write_bytecode = True  # the folder is published as it is

from python.entries import open_entry, seal_entry  # noqa: E402
from python.handoff import open_handoff  # noqa: E402
from python.intervals import interval_seconds, write_interval  # noqa: E402
from python.key_files import unprotect  # noqa: E402
from python.keys import fingerprint, parse_jwk, parse_key  # noqa: E402
from python.manifests import check_manifest, make_manifest  # noqa: E402
from python.migration import parse_migration  # noqa: E402
from python.preflight import preflight  # noqa: E402
from python.refused import Refused  # noqa: E402
from python.totp import parse_totp, totp_code  # noqa: E402
from python.urls import is_domain  # noqa: E402
from python.values import open_value, seal  # noqa: E402


def answer_seal(given):
    sealed = seal(given["value"], parse_key(given["key"]), bytes.fromhex(given["iv"]), given.get("padTo", 1))
    return dict(sealed=sealed)


def answer_migration(given):
    secrets, batch = parse_migration(given["uri"])
    return dict(secrets=secrets, batch=batch)


def answer_domain(given):
    if not isinstance(given["domain"], str) or not is_domain(given["domain"]):
        raise Refused("ERR_ENTRY_INVALID")
    return dict(domain=given["domain"])


def answer_seal_entry(given):
    def iv_of(field):
        return bytes.fromhex(given["ivs"][field])

    key, operation = parse_key(given["key"]), given.get("operation", "create")
    pad_to, allow_unknown = given.get("padTo", 1), given.get("allowUnknown", [])
    return dict(sealedEntry=seal_entry(given["entry"], key, iv_of, operation, pad_to, allow_unknown))


def answer_preflight(given):
    keys = None if given["keys"] == "none" else list(map(parse_key, given["keys"]))
    return dict(findings=preflight(given["payload"], keys, given["operation"]))


def answer_handoff(given):
    options = {name: given[name] for name in ("maxAge", "audience") if name in given}
    return dict(entry=open_handoff(given["token"], given["privateKeys"], given["now"], options))


def answer_make_manifest(given):
    keys = list(map(parse_key, given["keys"]))
    options = {name: given[name] for name in ("vault", "previous") if name in given}
    return dict(manifest=make_manifest(given["entries"], keys, given["at"], **options))


def answer_check_manifest(given):
    keys = list(map(parse_key, given["keys"]))
    return dict(findings=check_manifest(given["entries"], given["manifest"], keys))


METHODS = {
    "seal": answer_seal,
    "open": lambda given: dict(value=open_value(given["sealed"], parse_key(given["key"]))),
    "parseKey": lambda given: dict(key=parse_key(given["hex"]).hex()),
    "parseJwk": lambda given: dict(key=parse_jwk(given["jwk"]).hex()),
    "fingerprint": lambda given: dict(fingerprint=fingerprint(parse_key(given["hex"]))),
    "parseTotp": lambda given: parse_totp(given["secret"]),
    "totpCode": lambda given: dict(token=totp_code(parse_totp(given["secret"]), given["time"])),
    "parseMigration": answer_migration,
    "parseInterval": lambda given: dict(seconds=interval_seconds(given["interval"])),
    "writeInterval": lambda given: dict(interval=write_interval(given["parts"])),
    "checkDomain": answer_domain,
    "sealEntry": answer_seal_entry,
    "openEntry": lambda given: dict(opened=open_entry(given["sealedEntry"], parse_key(given["key"]))),
    "preflight": answer_preflight,
    "unprotect": lambda given: dict(keys=[key.hex() for key in unprotect(given["file"], given["passphrase"])]),
    "openHandoff": answer_handoff,
    "makeManifest": answer_make_manifest,
    "checkManifest": answer_check_manifest,
}


def answer(method, given):
    if method not in METHODS:
        return dict(unsupported=True)
    try:
        return METHODS[method](given)
    except Refused as refused:
        return refused.answer


def serve():
    for line in sys.stdin.buffer:
        request = json.loads(line)
        print(json.dumps(dict(answer(request["method"], request), id=request["id"])), flush=True)


def verify(path):
    """Every test by every method of its group: what is answered must be what the test says."""
    with open(path, encoding="utf-8") as file:
        groups = json.load(file)["testGroups"]
    asked = [(method, test) for group in groups for method in group["methods"] for test in group["tests"]]
    agree, disagree, unsupported = 0, 0, 0
    for method, test in asked:
        got = answer(method, test)
        if "unsupported" in got:
            unsupported += 1
        elif is_right(got, test):
            agree += 1
        else:
            disagree += 1
            print(f"{path}: test {test['tcId']}, {method}: {test['comment']}: {got}")
    print(f"{path}: {agree} agree, {disagree} disagree, {unsupported} ask for a method that is not here")
    return disagree


def is_right(got, test):
    """Of a valid test every member that is answered, and no name too few; of an invalid one its code and details."""
    if test["result"] == "invalid":
        details = {name: test[name] for name in ("field", "issues", "findings") if name in test}
        return in_order(got) == in_order({"error": test["code"], **details})
    names = (*got, "issuer", "label")
    return "error" not in got and in_order({name: got.get(name) for name in names}) == in_order(
        {name: test.get(name) for name in names}
    )


def in_order(answer):
    """The same with issues and findings in one order: theirs does not matter."""
    lists = {name: sorted(answer[name], key=str) for name in ("issues", "findings") if name in answer}
    return {**answer, **lists}


if __name__ == "__main__":
    if len(sys.argv) == 1:
        serve()
    elif sum([verify(path) for path in sys.argv[1:]]) > 0:
        sys.exit(1)
