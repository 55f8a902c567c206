"""Domains, proxy URLs and IP addresses (README.md, Settings).

A language that has a parser after the WHATWG URL Standard asks that, behind the checks of the text. Python has none:
here is as much of the standard as decides whether a host is one.
"""

import ipaddress
import re
from urllib.parse import unquote_to_bytes

from .white_space import INVISIBLE, WHITE_SPACE

# What a host must not contain (URL Standard, "forbidden host code point" and "forbidden domain code point").
FORBIDDEN_IN_HOST = "[\0\t\n\r #/:<>?@\\[\\\\\\]^|]"
FORBIDDEN_IN_DOMAIN = "[\0-\x20#%/:<>?@\\[\\\\\\]^|\x7f]"


def is_domain(text):
    if re.search(f"[{WHITE_SPACE}{INVISIBLE}\0-\x1f\x7f-\x9f\ud800-\udfff\\\\]", text):
        return False
    found = re.match("https?://([^/?#]+)", text, re.I | re.A)
    if found is None or "@" in found[1]:
        return False
    host = read_host(found[1])
    if host is None or re.search("[*%]", found[1] + host):
        return False
    return re.search(r"(^|\.)localhost\.*$", host) is None


def is_proxy_url(text):
    found = re.match(r"(socks5|https?)://([^/?#\s][^/?#]*)", text, re.I | re.A)
    if found is None or re.search(f"[{WHITE_SPACE}]", text):
        return False
    return read_host(found[2].rpartition("@")[2], is_special=found[1].lower() != "socks5") is not None


def read_host(authority, is_special=True):
    """The host that a URL parser makes of `host:port`, or None. A scheme that is not special has hosts as they are."""
    found = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]+)(?::([0-9]*))?", authority)
    if found is None or int(found[2] or 0) > 65535:
        return None
    host = found[1]
    if host.startswith("["):
        return host if is_ipv6(host[1:-1]) else None
    if not is_special:
        return None if re.search(FORBIDDEN_IN_HOST, host) else host
    try:
        text = unquote_to_bytes(host).decode("utf-8")
        name = ".".join(map(read_label, re.split("[.\u3002\uff0e\uff61]", text)))
    except UnicodeError:
        return None
    if name == "" or re.search(FORBIDDEN_IN_DOMAIN, name):
        return None
    labels = re.sub("\\.$", "", name).split(".")
    # A name whose last part is a number is an IPv4 address, or nothing.
    if re.fullmatch("[0-9]+|0x[0-9a-f]*", labels[-1]):
        return name if is_loose_ipv4(labels) else None
    return name


def read_label(label):
    """UTS 46 is more than Python's IDNA of 2003, and the same where it matters here: what is wide, what is not shown."""
    label = label.lower()
    if label.isascii() and not label.startswith("xn--"):
        return label
    encoded = label.encode("idna")
    encoded.decode("idna")  # whether it is one
    return encoded.decode("ascii").lower()


def is_loose_ipv4(parts):
    """One to four numbers, each decimal, octal (0…) or hexadecimal (0x…): as URL parsers read them."""
    numbers = []
    for part in parts:
        if re.fullmatch("0x[0-9a-f]*", part):
            numbers.append(int(part[2:] or "0", 16))
        elif re.fullmatch("0[0-7]*", part):
            numbers.append(int(part, 8))
        elif re.fullmatch("[1-9][0-9]*", part):
            numbers.append(int(part))
        else:
            return False
    *front, last = numbers
    return len(parts) <= 4 and all(number < 256 for number in front) and last < 256 ** (5 - len(parts))


def is_address(text):
    """Four decimal numbers without leading zeros, or IPv6 without a zone. Nothing around it."""
    return is_ipv6(text) or re.fullmatch(r"(?:(?:0|[1-9][0-9]{0,2})\.){4}", text + ".") is not None and all(
        int(part) < 256 for part in text.split(".")
    )


def is_ipv6(text):
    """RFC 4291 section 2.2. A zone, which Python takes, is none of the address."""
    try:
        return "%" not in text and ipaddress.IPv6Address(text) is not None
    except ValueError:
        return False
