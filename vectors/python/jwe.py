"""Compact JWEs (RFC 7516 section 7.1), as far as both formats here have them in common."""

import base64
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap


def base64url(data):
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def base64url_bytes(text):
    """ValueError unless it is what a writer makes of these bytes: no padding, and bits that are left over zero."""
    if not isinstance(text, str) or not re.fullmatch("[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise ValueError("no base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(data) != text:
        raise ValueError("not canonical")
    return data


class CompactJwe:
    """The five parts, each with its length: the wrapped key is of 32 bytes, IV and tag are those of A256GCM."""

    def __init__(self, text):
        self.encoded_header, *_ = parts = text.split(".")
        if len(parts) != 5:
            raise ValueError("not five parts")
        self.header, self.wrapped_key, self.iv, self.ciphertext, self.tag = map(base64url_bytes, parts)
        if (len(self.wrapped_key), len(self.iv), len(self.tag)) != (40, 12, 16) or not self.ciphertext:
            raise ValueError("a part has not its length")

    def decrypt(self, wrapping_key):
        """RFC 3394 for the content key; the header as it was written is the additional data."""
        try:
            content_key = aes_key_unwrap(wrapping_key, self.wrapped_key)
            return AESGCM(content_key).decrypt(
                self.iv, self.ciphertext + self.tag, self.encoded_header.encode("ascii")
            )
        except (InvalidUnwrap, InvalidTag):
            raise ValueError("does not open") from None
