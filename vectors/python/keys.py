"""Keys, their fingerprints, and sets of them (README.md, Keys)."""

import base64
import re

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .refused import Refused


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


def parse_jwk_set(jwks):
    """The keys of a JWK set, each once, the current one first."""
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not keys:
        raise Refused("ERR_KEY_FORMAT")
    return list(dict.fromkeys(map(parse_named_jwk, keys)))


def parse_named_jwk(jwk):
    key = parse_jwk(jwk)
    if jwk.get("kid", fingerprint(key)) != fingerprint(key):
        raise Refused("ERR_KEY_FORMAT")
    return key


def fingerprint(key):
    hkdf = HKDF(algorithm=hashes.SHA256(), length=8, salt=None, info=b"credseal/v1/key-fingerprint")
    return hkdf.derive(key).hex()
