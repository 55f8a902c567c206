"""Everything that is to be said about payloads before they are sent (README.md, Preflight)."""

import re

from . import fields
from .entries import problems_of
from .refused import Refused
from .totp import parse_totp, with_zero_rest
from .values import decrypt, is_sealed, opens_under, read_plaintext
from .white_space import WHITE_SPACE, trimmed

WARNINGS = (
    "credential/previous-key",
    "credential/surrounding-space",
    "setting/domain-form",
    "totp/not-canonical",
    "totp/short",
    "totp/unused-secret",
)


def preflight(payload, keys, operation="create"):
    """The findings: one payload, or several in an array. The first key is the current one; without any, nothing is opened."""
    batch = Batch()
    if isinstance(payload, list):
        found = [
            (f"[{index}]" + (path and f".{path}"), rule)
            for index, each in enumerate(payload)
            for path, rule in payload_problems(each, keys, operation, batch)
        ]
    else:
        found = payload_problems(payload, keys, operation, batch)
    findings = [
        dict(rule=rule, severity="warning" if rule in WARNINGS else "error", path=path) for path, rule in found
    ]
    if any(finding["severity"] == "error" for finding in findings):
        raise Refused("ERR_PREFLIGHT", findings=findings)
    return findings


def payload_problems(payload, keys, operation, batch):
    def check_credential(value, name):
        yield from sealed_credential(value, name, keys)
        if is_sealed(value):
            yield from batch.check_value(value, name)

    problems = problems_of(payload, operation, check_credential)
    if isinstance(payload, dict):
        problems += [*problems_as_sent(payload, operation, problems), *batch.check_names(payload)]
    return problems


class Batch:
    """What is remembered of the payloads before."""

    def __init__(self):
        self.first_under_iv = {}
        self.names = set()

    def check_value(self, sealed, name):
        sealed = sealed.lower()
        first = self.first_under_iv.get(sealed[:24])
        if first is None:
            self.first_under_iv[sealed[:24]] = sealed
        else:
            yield name, "credential/copied" if first == sealed else "credential/iv-reused"

    def check_names(self, payload):
        names = tuple(payload.get(name) for name in fields.REQUIRED)
        if not all(isinstance(name, str) for name in names):
            return
        if names in self.names:
            yield "permissioned_user_id", "batch/duplicate-entry"
        self.names.add(names)


def sealed_credential(value, name, keys):
    if not is_sealed(value):
        yield name, unsealed_rule(value)
        return
    if keys is None:
        return
    key = next((key for key in keys if decrypt(value, key) is not None), None)
    if key is None:
        yield name, "credential/wrong-key-or-changed"
        return
    if key != keys[0]:
        yield name, "credential/previous-key"
    try:
        text = read_plaintext(decrypt(value, key))
    except Refused:
        yield name, "credential/not-json-string"
        return
    yield from credential_inside(text, name, keys)


def unsealed_rule(value):
    if value == "":
        return "credential/empty"
    # What is left of a sealed value begins with an IV, which no password does by chance.
    if isinstance(value, str) and len(value) >= 40 and re.match(f"[{WHITE_SPACE}]*[0-9a-fA-F]{{24}}", value):
        return "credential/malformed"
    return "credential/plaintext"


def credential_inside(text, name, keys):
    if text == "":
        yield name, "credential/empty"
    elif opens_under(trimmed(text), keys):
        yield name, "credential/sealed-twice"
    elif name == "tfa_secret":
        yield from secret_inside(text)
    else:
        if name == "proxy_value" and not fields.is_proxy_value(text, "custom"):
            yield name, "setting/proxy"
        if text != trimmed(text):
            yield name, "credential/surrounding-space"


def secret_inside(text):
    """Canonical, or the vault does not read it."""
    try:
        secret = parse_totp(text)
    except Refused:
        secret = None
    if secret is None or secret["base32"] != text:
        yield "tfa_secret", "totp/format"
        return
    if with_zero_rest(text) != text:
        yield "tfa_secret", "totp/not-canonical"
    if secret["bits"] < 128:
        yield "tfa_secret", "totp/short"


def problems_as_sent(payload, operation, problems):
    """What is no problem of an entry, and is one of a payload."""
    for name, value in payload.items():
        # Parts of an interval are for libraries: the vault takes text.
        if name.startswith("expiry_time_") and isinstance(value, dict) and (name, "setting/interval") not in problems:
            yield name, "setting/type"
    if operation == "update" and payload.keys() <= {*fields.REQUIRED, "id"}:
        yield "", "payload/nothing-to-update"
    domain = payload.get("domain")
    if isinstance(domain, str) and ("domain", "setting/domain") not in problems:
        origin = re.match("[^/]*//[^/?#]*", domain)[0]
        if origin != domain or origin != origin.lower():
            yield "domain", "setting/domain-form"
    method = payload.get("tfa_method")
    is_there = payload.get("tfa_secret") not in (None, "", 0, False)
    if is_there and isinstance(method, str) and method != "AUTHENTICATOR":
        yield "tfa_secret", "totp/unused-secret"
