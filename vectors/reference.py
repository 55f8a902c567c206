#!/usr/bin/env python3
"""The vault's sealed values, keys and TOTP secrets in Python, as README.md beside it specifies them.

    reference.py            answers requests on stdin, one JSON object a line: for credseal vectors verify --exec
    reference.py FILE...    runs the vectors in these files by itself; exit code 1 if it disagrees with any

It needs Python 3.9 and the package `cryptography` (Debian: python3-cryptography).
"""

import base64
import hashlib
import hmac
import json
import re
import sys
from urllib.parse import unquote_to_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Refused(Exception):
    """Carries the error code. It never carries the input: that may be a secret."""


# Keys -----------------------------------------------------------------------------------------------------------


def parse_key(text):
    """64 hex digits in either case. fullmatch, since $ would let a line break through."""
    if not isinstance(text, str) or not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise Refused("ERR_KEY_FORMAT")
    return bytes.fromhex(text)


def parse_jwk(jwk):
    """An oct JWK of 32 bytes. 43 digits of base64url carry 258 bits: the last two must be zero."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "oct" or jwk.get("alg", "A256GCM") != "A256GCM":
        raise Refused("ERR_KEY_FORMAT")
    k = jwk.get("k")
    if not isinstance(k, str) or not re.fullmatch("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", k):
        raise Refused("ERR_KEY_FORMAT")
    return base64.urlsafe_b64decode(k + "=")


def fingerprint(key):
    hkdf = HKDF(algorithm=hashes.SHA256(), length=8, salt=None, info=b"credseal/v1/key-fingerprint")
    return hkdf.derive(key).hex()


# Values ---------------------------------------------------------------------------------------------------------


def seal(value, key, iv, pad_to=None):
    """The IV is a parameter for the vectors' sake. Otherwise: secrets.token_bytes(12), for every value."""
    if not isinstance(value, str):
        raise Refused("ERR_PLAINTEXT_FORMAT")
    plaintext = json_text(value)
    if pad_to is not None:
        if type(pad_to) is not int or not 1 <= pad_to <= 65536:
            raise Refused("ERR_PLAINTEXT_FORMAT")
        plaintext += b" " * (-len(plaintext) % pad_to)
    if is_sealed(value) and decrypt(value, key) is not None:
        raise Refused("ERR_ALREADY_SEALED")
    return (iv + AESGCM(key).encrypt(iv, plaintext, None)).hex()


def json_text(value):
    """As JSON.stringify writes it: UTF-8, and only what has no UTF-8 is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda half: "\\u%04x" % ord(half[0]), text).encode()


def open_value(sealed, key):
    if not is_sealed(sealed):
        raise Refused("ERR_SEALED_FORMAT")
    plaintext = decrypt(sealed, key)
    if plaintext is None:
        raise Refused("ERR_OPEN_FAILED")
    try:
        value = json.loads(plaintext.decode("utf-8"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, str):
        raise Refused("ERR_PLAINTEXT_FORMAT")
    return value


def is_sealed(value):
    """An even number of hex digits, at least 60, and nothing else. bytes.fromhex would take white space."""
    return isinstance(value, str) and re.fullmatch("(?:[0-9a-fA-F]{2}){30,}", value) is not None


def decrypt(sealed, key):
    data = bytes.fromhex(sealed)
    try:
        return AESGCM(key).decrypt(data[:12], data[12:], None)
    except InvalidTag:
        return None


def open_entry(stored, key):
    opened = dict(stored)
    fields = ["user_name", "password", "tfa_secret"]
    if stored.get("proxy_setting") == "custom":
        fields.append("proxy_value")
    for field in fields:
        if opened.get(field) is not None:
            try:
                opened[field] = open_value(opened[field], key)
            except Refused as refused:
                raise Refused(*refused.args, field) from None
    return opened


# TOTP -----------------------------------------------------------------------------------------------------------

# Character classes of README.md: white space and what shows nothing; hyphens, dashes, and the minus sign.
BLANK = "\t\n\v\f\r \u0085\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
DASH = "\\-\u2010-\u2015\u2212"
POSITIVE = re.compile("[1-9][0-9]*")


def malformed():
    return Refused("ERR_TOTP_FORMAT")


def unsupported():
    return Refused("ERR_TOTP_UNSUPPORTED")


def parse_totp(text):
    if not isinstance(text, str):
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


def settings(base32, algorithm="SHA1", digits=6, period=30, issuer=None, label=None):
    names = {name: text for name, text in (("issuer", issuer), ("label", label)) if text}
    bits = len(base32) * 5 // 8 * 8
    return dict(base32=base32, bits=bits, algorithm=algorithm, digits=digits, period=period, **names)


def parse_key_uri(uri):
    found = re.match(r"otpauth://([^/?#]*)(?:/([^?#]*))?(?:\?([^#]*))?", uri, re.I)
    kind = found[1].lower() if found else None
    if kind in ("hotp", "steam"):
        raise unsupported()
    if kind != "totp":
        raise malformed()
    given = parameters(found[3] or "", ("secret", "issuer", "algorithm", "digits", "period", "encoder"))
    if given.get("encoder", "").lower() == "steam":
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
    return settings(base32, "SHA" + algorithm[1], digits, period, *names)


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
    if re.search("%(?![0-9a-fA-F]{2})", text):
        raise malformed()
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except ValueError:
        raise malformed() from None


def positive(text):
    if not POSITIVE.fullmatch(text):
        raise malformed()
    return int(text) if len(text) < 10 else 10**9


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
    if isinstance(time, bool) or not isinstance(time, (int, float)) or not 0 <= time <= 8.64e12:
        raise malformed()
    base32 = secret["base32"]
    key = base64.b32decode(base32 + "=" * (-len(base32) % 8))
    counter = int(time // secret["period"]).to_bytes(8, "big")
    digest = hmac.new(key, counter, getattr(hashlib, secret["algorithm"].lower())).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10 ** secret["digits"]).zfill(secret["digits"])


# Google Authenticator's export ----------------------------------------------------------------------------------


def parse_migration(uri):
    found = isinstance(uri, str) and re.match(
        r"otpauth-migration://offline/?\?([^#]*)", uri.strip(expand(BLANK)), re.I | re.A
    )
    data = found and parameters(found[1], ("data",)).get("data")
    if not data:
        raise malformed()
    data = data.replace(" ", "+").replace("-", "+").replace("_", "/")
    body = re.fullmatch("([A-Za-z0-9+/]*)={0,2}", data)
    if not body or len(body[1]) % 4 == 1:
        raise malformed()
    message = base64.b64decode(body[1] + "=" * (-len(body[1]) % 4))

    secrets, size, index, batch_id = [], 0, 0, 0
    for number, value in protobuf_fields(message):
        if number == 1:
            secrets.append(parse_account(of_type(bytes, value)))
        elif number == 3:
            size = int32(value)
        elif number == 4:
            index = int32(value)
        elif number == 5:
            batch_id = int32(value)
    if not secrets:
        raise malformed()
    if size == 0:
        index, size = 0, 1
    if not 0 <= index < size:
        raise malformed()
    return secrets, dict(index=index, size=size, id=batch_id)


def parse_account(message):
    fields = dict(protobuf_fields(message))  # of a field that is there twice, the last
    secret = of_type(bytes, fields.get(1, b""))
    name, issuer = (text(fields.get(number, b"")) for number in (2, 3))
    algorithm, digits, kind = (int32(fields.get(number, 0)) for number in (4, 5, 6))
    if algorithm not in (0, 1, 2, 3) or digits not in (0, 1, 2) or kind not in (0, 2):
        raise unsupported()
    if not secret:
        raise malformed()
    base32 = base64.b32encode(secret).decode().rstrip("=")
    algorithm = ("SHA1", "SHA1", "SHA256", "SHA512")[algorithm]
    return settings(base32, algorithm, 8 if digits == 2 else 6, 30, *account_names(name, issuer))


def protobuf_fields(message):
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            if at >= len(message) or shift > 63:
                raise malformed()
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def take(length):
        nonlocal at
        if length > len(message) - at:
            raise malformed()
        at += length
        return message[at - length : at]

    while at < len(message):
        tag = varint()
        number, wire_type = tag >> 3, tag & 7
        if number == 0 or wire_type not in (0, 1, 2, 5):
            raise malformed()
        if wire_type == 0:
            yield number, varint()
        elif wire_type == 2:
            yield number, take(varint())
        else:  # of fixed size: in no field that is known here
            take(8 if wire_type == 1 else 4)
            yield number, None


def of_type(wanted, value):
    if not isinstance(value, wanted):
        raise malformed()
    return value


def int32(value):
    low = of_type(int, value) & 0xFFFFFFFF
    return low - (1 << 32) if low >> 31 else low


def text(value):
    try:
        return of_type(bytes, value).decode("utf-8")
    except UnicodeDecodeError:
        raise malformed() from None


# Vectors --------------------------------------------------------------------------------------------------------


def answer_migration(given):
    secrets, batch = parse_migration(given["uri"])
    return dict(secrets=secrets, batch=batch)


METHODS = {
    "parseKey": lambda given: dict(key=parse_key(given["hex"]).hex()),
    "parseJwk": lambda given: dict(key=parse_jwk(given["jwk"]).hex()),
    "fingerprint": lambda given: dict(fingerprint=fingerprint(parse_key(given["hex"]))),
    "seal": lambda given: dict(
        sealed=seal(given["value"], parse_key(given["key"]), bytes.fromhex(given["iv"]), given.get("padTo"))
    ),
    "open": lambda given: dict(value=open_value(given["sealed"], parse_key(given["key"]))),
    "openEntry": lambda given: dict(opened=open_entry(given["sealedEntry"], parse_key(given["key"]))),
    "parseTotp": lambda given: parse_totp(given["secret"]),
    "totpCode": lambda given: dict(token=totp_code(parse_totp(given["secret"]), given["time"])),
    "parseMigration": answer_migration,
}


def answer(method, given):
    if method not in METHODS:
        return dict(unsupported=True)
    try:
        return METHODS[method](given)
    except Refused as refused:
        return dict(zip(("error", "field"), refused.args))


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
    if test["result"] == "invalid":
        return got == {"error": test["code"], **({"field": test["field"]} if "field" in test else {})}
    optional = ("issuer", "label")
    return "error" not in got and all(got.get(name) == test.get(name) for name in (*got, *optional))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        serve()
    elif sum([verify(path) for path in sys.argv[1:]]) > 0:
        sys.exit(1)
