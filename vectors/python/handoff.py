"""Hand-off tokens (README.md, Hand-off tokens)."""

import hashlib
import json
import re

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

from .entries import check_entry
from .json_text import is_whole, read_json, unique_members
from .jwe import CompactJwe, base64url, base64url_bytes
from .refused import Refused

ALGORITHM = "ECDH-ES+A256KW"
# The members of a public key on each curve, with what is fixed of them.
CURVES = {
    "P-256": {"crv": "P-256", "kty": "EC", "x": None, "y": None},
    "X25519": {"crv": "X25519", "kty": "OKP", "x": None},
}
MEMBERS = {"alg", "enc", "typ", "kid", "iat", "exp", "jti", "epk"}


def open_handoff(token, private_keys, now, options):
    """options has maxAge and, if the reader is one, audience: what is there with None is none."""
    try:
        entry = read_json(opened(token, private_keys, now, options), unique_members)
    except ValueError:
        raise Refused("ERR_HANDOFF") from None
    check_entry(entry, [])
    return entry


def opened(token, private_keys, now, options):
    """The plaintext. Everything is checked before any key is used."""
    max_age, audience = options.get("maxAge"), options.get("audience")
    if not is_whole(max_age) or max_age < 1 or ("audience" in options and not is_audience(audience)):
        raise ValueError("options")
    keys = read_private_keys(private_keys)
    if not isinstance(token, str) or len(token) > 178_955 or token.find(".") > 4096:
        raise ValueError("no token, or too long")
    jwe = CompactJwe(token)
    header = read_json(jwe.header, unique_members)
    check_header(header)
    if not (now < header["exp"] and now - header["iat"] <= max_age and header["iat"] - now <= 60):
        raise ValueError("time")
    if header.get("aud") != audience:
        raise ValueError("audience")
    key = next((key for key in keys if thumbprint(key) == header["kid"]), None)
    if key is None or key["crv"] != header["epk"]["crv"]:
        raise ValueError("another key")
    return jwe.decrypt(wrapping_key(agreed_secret(key, header["epk"])))


def check_header(header):
    if not isinstance(header, dict) or header.keys() | {"aud"} != MEMBERS | {"aud"}:
        raise ValueError("members")
    if (header["alg"], header["enc"], header["typ"]) != (ALGORITHM, "A256GCM", "credseal-handoff+jwe"):
        raise ValueError("another kind of JWE")
    if len(base64url_bytes(header["kid"])) != 32:
        raise ValueError("kid")
    if not all(is_whole(header[name]) and header[name] >= 0 for name in ("iat", "exp")):
        raise ValueError("times")
    if header["exp"] <= header["iat"]:
        raise ValueError("it expires before it is there")
    if not isinstance(header["jti"], str) or not re.fullmatch("[A-Za-z0-9_-]{16,64}", header["jti"]):
        raise ValueError("jti")
    if "aud" in header and not is_audience(header["aud"]):
        raise ValueError("aud")
    if not isinstance(header["epk"], dict) or header["epk"].keys() != public_members(header["epk"]).keys():
        raise ValueError("epk")


def is_audience(value):
    """Up to 256 characters, counted in UTF-16."""
    return isinstance(value, str) and 1 <= len(value.encode("utf-16-le", "surrogatepass")) // 2 <= 256


def public_members(jwk):
    """The members that make a public key, and no others, or ValueError."""
    members = CURVES.get(jwk.get("crv")) if isinstance(jwk.get("crv"), str) else None
    if members is None or jwk.get("kty") != members["kty"]:
        raise ValueError("no curve of ours")
    coordinates = [name for name, fixed in members.items() if fixed is None]
    if not all(len(base64url_bytes(jwk.get(name))) == 32 for name in coordinates):
        raise ValueError("coordinates")
    return {name: jwk[name] for name in members}


def read_private_keys(given):
    """A JWK or a JWK set: every key has to be sound, also those that are not needed."""
    if not isinstance(given, dict):
        raise ValueError("no key")
    jwks = given["keys"] if "keys" in given else [given]
    if not isinstance(jwks, list) or not jwks:
        raise ValueError("no keys")
    return [read_private_key(jwk) for jwk in jwks]


def read_private_key(jwk):
    if not isinstance(jwk, dict) or (jwk.get("alg", ALGORITHM), jwk.get("use", "enc")) != (ALGORITHM, "enc"):
        raise ValueError("a key for something else")
    if len(base64url_bytes(jwk.get("d"))) != 32:
        raise ValueError("no private key")
    return {**public_members(jwk), "d": jwk["d"]}


def thumbprint(jwk):
    """RFC 7638: the JSON text of the public members in the order of their names, without spaces."""
    text = json.dumps(public_members(jwk), sort_keys=True, separators=(",", ":"))
    return base64url(hashlib.sha256(text.encode("ascii")).digest())


def agreed_secret(key, epk):
    """ValueError for a point that is not on the curve, and where what is agreed is zero whatever the private key is."""
    if key["crv"] == "X25519":
        private = X25519PrivateKey.from_private_bytes(base64url_bytes(key["d"]))
        return private.exchange(X25519PublicKey.from_public_bytes(base64url_bytes(epk["x"])))
    d = int.from_bytes(base64url_bytes(key["d"]), "big")
    private = ec.EllipticCurvePrivateNumbers(d, point(key)).private_key()
    return private.exchange(ec.ECDH(), point(epk).public_key())


def point(jwk):
    x, y = (int.from_bytes(base64url_bytes(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1())


def wrapping_key(secret):
    """RFC 7518 section 4.6.2: alg with its length before it, no apu, no apv, and the number of bits."""
    algorithm = ALGORITHM.encode("ascii")
    info = len(algorithm).to_bytes(4, "big") + algorithm + bytes(4) + bytes(4) + (256).to_bytes(4, "big")
    return ConcatKDFHash(algorithm=SHA256(), length=32, otherinfo=info).derive(secret)
