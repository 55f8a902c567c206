"""Entries: what they are held to, sealed and opened (README.md, Entries)."""

from . import fields
from .intervals import write_interval
from .refused import Refused
from .totp import parse_totp, with_zero_rest
from .values import is_sealed, open_value, opens_under, seal
from .white_space import trimmed


def problems_of(entry, operation, check_credential, allow_unknown=()):
    """Everything that is wrong with an entry, as (path, rule). check_credential sees to those that travel sealed."""
    if not isinstance(entry, dict):
        return [("", "payload/not-an-object")]
    missing = [(name, "payload/missing-field") for name in fields.REQUIRED if name not in entry]
    found = []
    for name in entry:
        if name in fields.FIELDS or name in fields.READ_ONLY:
            found += field_problems(entry, name, operation, check_credential)
        elif name not in allow_unknown:
            found.append((name, "payload/unknown-field"))
    return missing + found + list(problems_between_fields(entry))


def field_problems(entry, name, operation, check_credential):
    value = entry[name]
    if name in fields.READ_ONLY or (name == "id" and operation == "create"):
        return [(name, "payload/read-only-field")]
    if value is None and operation == "update" and name in (*fields.CREDENTIALS, "proxy_value"):
        return []  # it is taken away
    if name in fields.sealed_fields(entry):
        return [(name, "setting/type")] if value is None else list(check_credential(value, name))
    problems = list(fields.FIELDS[name](value, name))
    if name == "proxy_value" and not problems and not fields.is_proxy_value(value, entry.get("proxy_setting")):
        return [(name, "setting/proxy")]
    return problems


def problems_between_fields(entry):
    def has(name):
        return entry.get(name) is not None

    is_backed = has("secret_provider_id") or has("secret_ref")
    if entry.get("tfa_method") == "AUTHENTICATOR" and not has("tfa_secret") and not is_backed:
        yield "tfa_secret", "totp/missing-secret"
    if has("max_concurrency") and entry.get("allow_multiple_sessions") is not True:
        yield "max_concurrency", "setting/concurrency"
    if has("proxy_value") and not has("proxy_setting"):
        yield "proxy_value", "setting/proxy"
    for name in ("secret_provider_id", "secret_ref"):
        if is_backed and not has(name):
            yield name, "setting/provider"
    for name in fields.CREDENTIALS:
        if is_backed and has(name):
            yield name, "setting/provider"
    if has("secret_cache_ttl_seconds") and not is_backed:
        yield "secret_cache_ttl_seconds", "setting/provider"


def plain_credential(keys):
    """What a credential is before it is sealed."""

    def check(value, name):
        if not isinstance(value, str):
            yield name, "setting/type"
        elif value == "":
            yield name, "credential/empty"
        elif opens_under(trimmed(value), keys):
            yield name, "credential/sealed-twice"
        elif name == "tfa_secret" and vault_secret(value) is None:
            yield name, "totp/format"
        elif name == "proxy_value" and not fields.is_proxy_value(value, "custom"):
            yield name, "setting/proxy"

    return check


def vault_secret(text):
    """The canonical form of a TOTP secret that the vault can use: it keeps no settings."""
    try:
        secret = parse_totp(text)
    except Refused:
        return None
    is_usual = (secret["algorithm"], secret["digits"], secret["period"]) == ("SHA1", 6, 30)
    return with_zero_rest(secret["base32"]) if is_usual else None


def check_entry(entry, keys, operation="create", allow_unknown=()):
    problems = problems_of(entry, operation, plain_credential(keys), allow_unknown)
    if problems:
        raise Refused("ERR_ENTRY_INVALID", issues=[dict(path=path, rule=rule) for path, rule in problems])


def seal_entry(entry, key, iv_of, operation="create", pad_to=1, allow_unknown=()):
    """iv_of gives the IV for a field, for the vectors' sake."""
    check_entry(entry, [key], operation, allow_unknown)
    sealed = dict(entry)
    for name, value in entry.items():
        if value is None:
            continue
        if name in fields.sealed_fields(entry):
            text = vault_secret(value) if name == "tfa_secret" else value
            sealed[name] = seal(text, key, iv_of(name), pad_to)
        elif name.startswith("expiry_time_") and isinstance(value, dict):
            sealed[name] = write_interval(value)
    return sealed


def open_entry(stored, key):
    known = (*fields.REQUIRED, *fields.CREDENTIALS, "proxy_value")
    if not isinstance(stored, dict) or not any(name in stored for name in known):
        raise Refused("ERR_ENTRY_INVALID")
    opened = dict(stored)
    for name in (*fields.CREDENTIALS, "proxy_value"):
        value = stored.get(name)
        # An answer may leave out that a proxy is a custom one.
        if value is None or name not in fields.sealed_fields(stored) and not is_sealed(value):
            continue
        try:
            opened[name] = open_value(value, key)
        except Refused as refused:
            raise Refused(refused.answer["error"], field=name) from None
        if opens_under(trimmed(opened[name]), [key]):
            raise Refused("ERR_ALREADY_SEALED", field=name)
    return opened
