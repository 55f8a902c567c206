"""Protected key files (README.md, Protected key files)."""

import re
import unicodedata

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from .json_text import is_whole, read_json, unique_members
from .jwe import CompactJwe, base64url_bytes
from .keys import parse_jwk_set
from .refused import Refused

ALGORITHM = "PBES2-HS512+A256KW"


def unprotect(file, passphrase):
    """The keys, the current one first."""
    try:
        jwe = CompactJwe(text_of(file))
        salt, iterations = check_header(read_json(jwe.header, unique_members))
        # RFC 7518 section 4.8.1.1: the algorithm's name is part of the salt.
        salt = ALGORITHM.encode("ascii") + b"\0" + salt
        kdf = PBKDF2HMAC(algorithm=SHA512(), length=32, salt=salt, iterations=iterations)
        wrapping_key = kdf.derive(passphrase_bytes(passphrase))
        return parse_jwk_set(read_json(jwe.decrypt(wrapping_key), unique_members))
    except (ValueError, Refused):
        raise Refused("ERR_KEY_FILE") from None


def text_of(file):
    if not isinstance(file, str):
        raise ValueError("no text")
    text = re.sub(r"\r?\n\Z", "", file)
    if len(text) > 65536:
        raise ValueError("too long")
    return text


def check_header(header):
    """The salt and the number of iterations, of a header that is right: before any work."""
    if not isinstance(header, dict) or (header.get("alg"), header.get("enc")) != (ALGORITHM, "A256GCM"):
        raise ValueError("another kind of JWE")
    if "zip" in header or "crit" in header:
        raise ValueError("compression or extensions")
    content_type = header.get("cty", "jwk-set+json")
    if not isinstance(content_type, str) or not re.fullmatch(
        r"(?:application/)?jwk-set\+json", content_type, re.I | re.A
    ):
        raise ValueError("another content")
    iterations, salt = header.get("p2c"), base64url_bytes(header.get("p2s"))
    if not is_whole(iterations) or not 100_000 <= iterations <= 10_000_000 or len(salt) < 8:
        raise ValueError("iterations or salt")
    return salt, int(iterations)


def passphrase_bytes(passphrase):
    """The same bytes however a system composes what is typed. A lone surrogate has none: ValueError."""
    if not isinstance(passphrase, str) or passphrase == "":
        raise ValueError("no passphrase")
    spaced = "".join(" " if unicodedata.category(each) == "Zs" else each for each in passphrase)
    return unicodedata.normalize("NFC", spaced).encode("utf-8")
