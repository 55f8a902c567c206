"""Sealed values (README.md, Sealing and Opening)."""

import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .json_text import is_whole, read_json, write_json_string
from .refused import Refused


def seal(value, key, iv, pad_to=1):
    """The IV is a parameter for the vectors' sake. Otherwise: secrets.token_bytes(12), for every value."""
    if not isinstance(value, str):
        raise Refused("ERR_PLAINTEXT_FORMAT")
    if not is_whole(pad_to) or not 1 <= pad_to <= 65536:
        raise Refused("ERR_PLAINTEXT_FORMAT")
    plaintext = write_json_string(value)
    plaintext += b" " * (-len(plaintext) % int(pad_to))
    if opens_under(value, [key]):
        raise Refused("ERR_ALREADY_SEALED")
    return (iv + AESGCM(key).encrypt(iv, plaintext, None)).hex()


def open_value(sealed, key):
    if not is_sealed(sealed):
        raise Refused("ERR_SEALED_FORMAT")
    plaintext = decrypt(sealed, key)
    if plaintext is None:
        raise Refused("ERR_OPEN_FAILED")
    return read_plaintext(plaintext)


def is_sealed(value):
    """An even number of hex digits, at least 60, and nothing else. bytes.fromhex would take white space."""
    return isinstance(value, str) and re.fullmatch("(?:[0-9a-fA-F]{2}){30,}", value) is not None


def decrypt(sealed, key):
    data = bytes.fromhex(sealed)
    try:
        return AESGCM(key).decrypt(data[:12], data[12:], None)
    except InvalidTag:
        return None


def read_plaintext(plaintext):
    try:
        value = read_json(plaintext)
    except ValueError:
        value = None
    if not isinstance(value, str):
        raise Refused("ERR_PLAINTEXT_FORMAT")
    return value


def opens_under(value, keys):
    """Whether a text is a sealed value of one of these keys, up to its tag: what is inside may be anything."""
    return is_sealed(value) and any(decrypt(value, key) is not None for key in keys)
