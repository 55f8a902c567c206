"""TOTP secrets, their URIs and codes (README.md, TOTP secrets)."""

import base64
import hashlib
import hmac
import re
from urllib.parse import unquote_to_bytes

from .json_text import is_number
from .refused import Refused

# Character classes of README.md: white space and what shows nothing; hyphens, dashes, and the minus sign.
BLANK = "\t\n\v\f\r \u0085\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
DASH = "\\-\u2010-\u2015\u2212"
POSITIVE = re.compile("[ +]?0*([1-9][0-9]*)")
ENTITY = re.compile("&(amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-f]+);", re.I | re.A)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def malformed():
    return Refused("ERR_TOTP_FORMAT")


def unsupported():
    return Refused("ERR_TOTP_UNSUPPORTED")


def parse_totp(text):
    if not isinstance(text, str) or len(text) > 65536:
        raise malformed()
    uri = text.strip(expand(BLANK))
    if re.match("otpauth:", uri, re.I | re.A):
        return parse_key_uri(uri)
    if re.match("steam://", uri, re.I | re.A):
        raise unsupported()
    if re.match("[a-z][a-z0-9+.-]*://", uri, re.I | re.A):
        raise malformed()
    return settings(parse_base32(text))


def parse_base32(text):
    """Canonical base32. Digits that base32 does not have are refused and never replaced."""
    bare = re.sub(f"[{BLANK}{DASH}]", "", text)
    if re.fullmatch("[0-9]{6,8}=*", bare):
        raise malformed()  # a code, not a secret
    body, _, padding = bare.partition("=")
    if not re.fullmatch("[A-Za-z2-7]+", body) or padding.strip("=") or len(body) % 8 in (1, 3, 6):
        raise malformed()
    return body.upper()


def with_zero_rest(base32):
    """As it is sealed: the bits beyond the last whole byte are zero (RFC 4648 section 3.5)."""
    rest = len(base32) * 5 % 8
    return base32[:-1] + ALPHABET[ALPHABET.index(base32[-1]) >> rest << rest]


def settings(base32, algorithm="SHA1", digits=6, period=30, issuer=None, label=None):
    names = {name: text for name, text in (("issuer", issuer), ("label", label)) if text}
    bits = len(base32) * 5 // 8 * 8
    return dict(base32=base32, bits=bits, algorithm=algorithm, digits=digits, period=period, **names)


def parse_key_uri(uri):
    found = re.match(r"otpauth://([^/?]*)(?:/([^?]*))?(?:\?(.*))?", uri, re.I | re.S)
    kind = found[1].lower() if found else None
    if kind in ("hotp", "steam"):
        raise unsupported()
    if kind != "totp":
        raise malformed()
    if ENTITY.search(uri) or "#" in uri:
        raise malformed()
    given = parameters(found[3] or "", ("secret", "issuer", "algorithm", "digits", "period", "encoder", "steam"))
    if "steam" in given or given.get("encoder", "").lower() == "steam" or is_steam(given.get("issuer", "")):
        raise unsupported()
    if "secret" not in given:
        raise malformed()
    base32 = parse_base32(given["secret"])
    algorithm = re.fullmatch("SHA-?(1|256|512)", given.get("algorithm") or "SHA1", re.I | re.A)
    if not algorithm:
        raise unsupported()
    digits = positive(given.get("digits", "6"))
    if not 6 <= digits <= 8:
        raise unsupported()
    period = positive(given.get("period", "30"))
    if period > 86400:
        raise malformed()
    names = account_names(percent_decoded(found[2] or ""), given.get("issuer", ""))
    if is_steam(names[0]):
        raise unsupported()
    return settings(base32, "SHA" + algorithm[1], digits, period, *names)


def is_steam(issuer):
    return issuer.strip().lower() == "steam"


def parameters(query, names):
    given = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        name = percent_decoded(name).lower()
        if name in names:
            if name in given:
                raise malformed()
            given[name] = percent_decoded(value.replace("+", " "))
    return given


def percent_decoded(text):
    """What is encoded is UTF-8, and what is not stays as it is."""
    if re.search("%(?![0-9a-fA-F]{2})", text):
        raise malformed()
    try:
        return re.sub("(?:%..)+", lambda found: unquote_to_bytes(found[0]).decode("utf-8"), text)
    except ValueError:
        raise malformed() from None


def positive(text):
    found = POSITIVE.fullmatch(text)
    if not found:
        raise malformed()
    return int(found[1]) if len(found[1]) < 10 else 10**9


def account_names(label, issuer):
    prefix, colon, account = label.partition(":")
    if not colon:
        prefix, account = "", label
    return issuer.strip() or prefix.strip(), account.strip()


def expand(ranges):
    """The characters of a character class: str.strip knows no ranges."""
    return re.sub("(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), ranges, flags=re.S)


def totp_code(secret, time):
    """RFC 6238 section 4, RFC 4226 section 5.3."""
    if not is_number(time) or not 0 <= time <= 8.64e12:
        raise malformed()
    base32 = secret["base32"]
    key = base64.b32decode(base32 + "=" * (-len(base32) % 8))
    counter = int(time // secret["period"]).to_bytes(8, "big")
    digest = hmac.new(key, counter, getattr(hashlib, secret["algorithm"].lower())).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10 ** secret["digits"]).zfill(secret["digits"])
