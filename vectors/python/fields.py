"""The fields of an entry as a table (README.md, Fields): one row a field, and what its values are held to."""

import re

from .intervals import is_interval, write_interval
from .json_text import is_number, is_whole
from .refused import Refused
from .urls import is_address, is_domain, is_proxy_url

# A type is a function of a value and its path, which yields what is wrong with it as (path, rule).


def each_of(is_right, rule="setting/type"):
    """A type whose values pass a test."""

    def check(value, path):
        if not is_right(value):
            yield path, rule

    return check


def both(first, second):
    """A type with a second condition, which is looked at where the first one holds."""

    def check(value, path):
        problems = list(first(value, path))
        yield from problems or second(value, path)

    return check


def or_null(check):
    return lambda value, path: () if value is None else check(value, path)


def array_of(check):
    def check_array(value, path):
        if not isinstance(value, list):
            yield path, "setting/type"
            return
        for index, each in enumerate(value):
            yield from check(each, f"{path}[{index}]")

    return check_array


def object_of(required, optional):
    """Members that have to be there, and others that may be: what else there is, is nobody's business."""

    def check(value, path):
        if not isinstance(value, dict) or not value.keys() >= required.keys():
            yield path, "setting/type"
            return
        for name, check_member in {**required, **optional}.items():
            if name in value:
                yield from check_member(value[name], f"{path}.{name}")

    return check


def interval(value, path):
    """Text, or parts: what a library takes for convenience."""
    if not isinstance(value, (str, dict)):
        yield path, "setting/type"
        return
    try:
        if not is_interval(value if isinstance(value, str) else write_interval(value)):
            yield path, "setting/interval"
    except Refused:
        yield path, "setting/interval"


TEXT = each_of(lambda value: isinstance(value, str))
FLAG = each_of(lambda value: isinstance(value, bool))
WHOLE = each_of(is_whole)
OBJECT = each_of(lambda value: isinstance(value, dict))
ADDRESS = both(TEXT, each_of(is_address, "setting/ip-address"))
UUID = both(TEXT, each_of(lambda text: re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.I | re.A)))


def filled(rule="setting/type"):
    return both(TEXT, each_of(lambda text: text != "", rule))


def at_least(minimum, rule):
    return both(WHOLE, each_of(lambda number: number >= minimum, rule))


def one_of(*words):
    return each_of(lambda value: value in words)


PROXY = both(
    object_of({"enable": FLAG}, {"target_ip": ADDRESS}),
    each_of(lambda proxy: proxy.keys() <= {"enable", "target_ip"}),
)
COOKIE = object_of(
    {"name": TEXT, "value": TEXT, "domain": TEXT},
    {
        "path": TEXT,
        **dict.fromkeys(("httpOnly", "hostOnly", "secure", "session"), FLAG),
        **dict.fromkeys(("storeId", "sameSite"), or_null(TEXT)),
        "expirationDate": each_of(is_number),
    },
)
HEADER = object_of({"name": TEXT, "value": TEXT}, {})

REQUIRED = ("permissioned_user_id", "domain")
CREDENTIALS = ("user_name", "password", "tfa_secret")
FIELDS = {
    "permissioned_user_id": filled(),
    "domain": both(TEXT, each_of(is_domain, "setting/domain")),
    "user_name": TEXT,
    "password": TEXT,
    "tfa_secret": TEXT,
    "tfa_method": one_of("AUTHENTICATOR", "EMAIL", "SMS", "MAGIC_LINK"),
    "user_alias": TEXT,
    "persist_session_storage": or_null(FLAG),
    "persist_local_storage": or_null(FLAG),
    "persist_cookies": or_null(FLAG),
    "allow_multiple_sessions": FLAG,
    "max_concurrency": or_null(at_least(1, "setting/concurrency")),
    "prevent_concurrency_during_login": or_null(FLAG),
    "expiry_time_from_last_use": or_null(interval),
    "expiry_time_from_session_data_set": or_null(interval),
    "proxy": PROXY,
    "proxy_setting": one_of("random", "static", "country", "custom"),
    "proxy_value": filled("setting/proxy"),
    "secret_provider_id": filled("setting/provider"),
    "secret_ref": filled("setting/provider"),
    "secret_cache_ttl_seconds": at_least(0, "setting/provider"),
    "cookies": array_of(COOKIE),
    "session_storage": OBJECT,
    "local_storage": OBJECT,
    "cookie_domain_to_store": or_null(TEXT),
    "skip_csrf_cookies": FLAG,
    "headers": array_of(HEADER),
    "user_agent": TEXT,
    "location": TEXT,
    "ip_address": ADDRESS,
    "id": UUID,  # on update
}
# Set by the vault; and so is id, on create.
READ_ONLY = (
    "workspace_id",
    "user_id",
    "created_at",
    "updated_at",
    "tfa_email",
    "tfa_phone_number",
    "session_data_set_at",
    "effective_expires_at",
    "proxy_string",
    "session_id",
)


def sealed_fields(entry):
    """The fields of this entry that travel sealed."""
    return CREDENTIALS + (("proxy_value",) if entry.get("proxy_setting") == "custom" else ())


def is_proxy_value(value, setting):
    if setting == "country":
        return re.fullmatch("[A-Za-z]{2}", value) is not None
    if setting == "static":
        return is_address(value)
    if setting == "custom":
        return is_proxy_url(value)
    # Under custom alone it is sealed: elsewhere a proxy, perhaps with its password, would travel in clear.
    return is_address(value) or not (":" in value or "@" in value)
