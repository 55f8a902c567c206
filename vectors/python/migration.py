"""The export of Google Authenticator: accounts in a message of Protocol Buffers (README.md, TOTP secrets)."""

import base64
import re

from .totp import BLANK, account_names, expand, malformed, parameters, settings, unsupported


def parse_migration(uri):
    found = isinstance(uri, str) and len(uri) <= 262144 and re.match(
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
    for number, value in list(protobuf_fields(message)):  # the whole of it, before any account is judged
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
                return at_most(64, value)

    def take(length):
        nonlocal at
        if length > len(message) - at:
            raise malformed()
        at += length
        return message[at - length : at]

    while at < len(message):
        tag = at_most(32, varint())
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


def at_most(bits, value):
    if value >> bits:
        raise malformed()
    return value


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
