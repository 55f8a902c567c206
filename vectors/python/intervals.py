"""Intervals as PostgreSQL 15 to 18 read and write them, in IntervalStyle postgres (README.md, Intervals)."""

import re

from .json_text import is_number, is_whole
from .refused import Refused

# Each unit: the counter it adds to, times what, and its names. The order is that of the bits below.
UNITS = (
    ("microseconds", 1, "us usec usecs usecond useconds microsecon"),
    ("microseconds", 10**3, "ms msec msecs msecond mseconds millisecon"),
    ("microseconds", 10**6, "s sec secs second seconds"),
    ("microseconds", 60 * 10**6, "m min mins minute minutes"),
    ("microseconds", 3600 * 10**6, "h hr hrs hour hours"),
    ("days", 1, "d day days"),
    ("days", 7, "w week weeks"),
    ("months", 1, "mon mons month months"),
    ("years", 1, "y yr yrs year years"),
    ("years", 10, "dec decs decade decades"),
    ("years", 100, "c cent century centuries"),
    ("years", 1000, "mil mils millennia millennium"),
    # Words that PostgreSQL knows as units, and counts in none of them.
    (None, 0, "qtr quarter timezone"),
)
BY_NAME = {name: unit for unit in UNITS for name in unit[2].split()}
MICROSECOND, MILLISECOND, SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, YEAR = UNITS[:9]
NO_UNIT = UNITS[-1]
TIME = {MICROSECOND, MILLISECOND, SECOND, MINUTE, HOUR}
BITS = {"microseconds": 64, "days": 32, "months": 32, "years": 32}


def refused():
    return Refused("ERR_INTERVAL_FORMAT")


def is_interval(text):
    """Whether it is one that means something for an expiry: above zero."""
    try:
        return interval_seconds(text) > 0
    except Refused:
        return False


def interval_seconds(text):
    """As EXTRACT(EPOCH FROM …) counts them. Those that are not above zero are refused."""
    if not isinstance(text, str) or len(text) > 10000:
        raise refused()
    counters = Counters()
    if text.startswith("P"):
        read_iso8601(text, counters)
    else:
        read_fields(text, counters)
    months = counters.within("months", counters.years * 12 + counters.months)
    stored = (months, counters.days, counters.microseconds)
    largest = (2**31 - 1, 2**31 - 1, 2**63 - 1)
    years, rest = divmod(abs(months), 12)
    sign = -1 if months < 0 else 1
    # A year has 365.25 days, a month beyond whole years 30. In whole microseconds: divided once, at the end.
    hours = sign * (years * 8766 + rest * 720) + counters.days * 24
    microseconds = hours * HOUR[1] + counters.microseconds
    # The largest of all three is infinity from 17 on, and was a long time before.
    if microseconds <= 0 or stored == largest:
        raise refused()
    return microseconds / 10**6


class Counters:
    """What PostgreSQL counts while it reads: none is turned into another, and none may overflow at any step."""

    def __init__(self):
        self.years = self.months = self.days = self.microseconds = 0

    @staticmethod
    def within(name, value):
        if not -(2 ** (BITS[name] - 1)) <= value < 2 ** (BITS[name] - 1):
            raise refused()
        return value

    def add_whole(self, name, value):
        self.within(name, value)
        setattr(self, name, self.within(name, getattr(self, name) + value))

    def add_microseconds(self, value):
        """Rounded to the nearest, and half of one dropped."""
        whole = int(value)
        rest = value - whole
        self.add_whole("microseconds", whole + (rest > 0.5) - (rest < -0.5))

    def add(self, unit, value, fraction=0.0):
        """In doubles and in this order, since the rounding shows in the last microsecond."""
        name, scale, _ = unit
        self.add_whole(name, value * scale)
        if name == "microseconds":
            self.add_microseconds(fraction * scale)
        elif name == "years":
            self.add_whole("months", round(fraction * scale * 12))
        else:
            days = fraction * (30 if name == "months" else scale)
            whole = 0 if unit is DAY else int(days)
            self.add_whole("days", whole)
            self.add_microseconds((days - whole) * 86400e6)


# The traditional form, and that of the SQL standard --------------------------------------------------------------


FIELD = re.compile(
    r"""[\t-\r !-*,/:-@\[-`{-~]*(?:            # white space and punctuation, which are skipped, and then
    ( [0-9]+ (?: :[0-9:.]*                      # digits: with colons a time; with a hyphen, point or stroke
               | ([-./])(?:                     # once, or further ones of the same kind
                   [0-9]+ (?: \2 (?:[0-9]|\2)* )? | (?:[0-9a-z]|\2)* ))?
    | \.[0-9]*
    | [-+][\t-\r ]* (?: [0-9][0-9:.-]* | [a-z]+ ) # a sign with digits or with a word
    | (?:dec|mon|[dhmsy])(?=[0-9+])              # these end before a digit,
    | [a-z]+[-./+0-9]?                          # and other words do not
    ) | \Z )""",
    re.I | re.A | re.X,
)


def split_fields(text):
    """Fields in lower case, without the white space and punctuation between them."""
    fields, at = [], 0
    while True:
        found = FIELD.match(text, at)
        if found is None:
            raise refused()
        # Behind the 25th field there may be white space, and nothing else.
        if len(fields) == 25 and found[0].strip(" \t\n\v\f\r"):
            raise refused()
        if found[1] is None:
            break
        fields.append(re.sub("[\\t-\\r ]", "", found[1]).lower())
        at = found.end()
    if sum(len(each) + 1 for each in fields) > 256:
        raise refused()
    return fields


def read_fields(text, counters):
    """From the last field to the first: so a unit is known before its number."""
    fields = split_fields(text)
    unit, unit_waits, filled, is_ago = SECOND, False, set(), False
    if fields and fields[-1] == "ago":
        fields.pop()
        unit, is_ago = NO_UNIT, True
    for field in reversed(fields):
        if re.fullmatch("[-+]?[a-z]+", field):
            if unit_waits:
                raise refused()
            unit_waits = True
            unit = BY_NAME.get(field[:10])
            if unit is None:
                raise refused()
            continue
        fills, unit = read_number_or_time(field, unit, counters)
        unit_waits = False
        if filled & fills:
            raise refused()
        filled |= fills
    if not filled or unit_waits:
        raise refused()
    if is_ago:
        for name in BITS:
            setattr(counters, name, counters.within(name, -getattr(counters, name)))


def read_number_or_time(field, unit, counters):
    """Adds one field. What of an interval it fills, which may be filled once; and the unit of a number before it."""
    # Digits behind a colon or hyphen may be missing, or be a negative zero.
    time = re.fullmatch(r"([-+]?)([0-9]*):([0-9]*|-0+)(?::([0-9]*|-0+))?(\.[0-9]*)?", field)
    if time:
        sign, hours, minutes, seconds, fraction = (part or "" for part in time.groups())
        if time[4] is None and fraction:  # with a fraction, two numbers are minutes and seconds
            hours, minutes, seconds = "", hours, minutes
        set_time(sign, hours, minutes, seconds, fraction, counters)
        return TIME, DAY
    number = re.fullmatch(r"([-+]?)([0-9]*)(?:-([0-9]*|-0+)|(\.[0-9]*)?)", field)
    if not number:
        raise refused()
    sign, whole, months, fraction = number.groups()
    value = int(f"{sign}0{whole}")
    if months is not None:
        if int(months or 0) > 11:
            raise refused()
        value, unit, fraction = value * 12 + int(f"{sign}{abs(int(months or 0))}"), MONTH, None
    if unit is NO_UNIT:
        raise refused()
    part = float(f"{sign}0{fraction or ''}")
    counters.add(unit, value, part)
    fills = {MICROSECOND, MILLISECOND, SECOND} if unit is SECOND and part else {unit}
    return fills, DAY if unit is HOUR else unit


def set_time(sign, hours, minutes, seconds, fraction, counters):
    if int(minutes or 0) > 59 or int(seconds or 0) > 60:
        raise refused()
    # Set, not added: what fractions of larger units behind the time have left in this counter is lost.
    counters.microseconds = round(float(f"0{fraction}") * 10**6)
    for unit, digits in ((HOUR, hours), (MINUTE, minutes), (SECOND, seconds)):
        counters.add(unit, int(digits or 0))
    if sign == "-":
        counters.microseconds = -counters.microseconds


# ISO 8601 ---------------------------------------------------------------------------------------------------------

# Each half: its units by their letters, what stands between them in the extended form, the digits of the basic one.
DATE = ({"Y": YEAR, "M": MONTH, "D": DAY, "W": WEEK}, "-", 8)
CLOCK = ({"H": HOUR, "M": MINUTE, "S": SECOND}, ":", 6)
NUMBER = re.compile(
    r"""-?(?: 0x (?=\.?[0-9a-f]) [0-9a-f]* \.? [0-9a-f]* (?:p[-+]?[0-9]+)?
          | (?=\.?[0-9]) [0-9]* \.? [0-9]* (?:e[-+]?[0-9]+)? )""",
    re.I | re.X,
)


def read_iso8601(text, counters):
    if text == "P":
        raise refused()
    date, *times = text[1:].split("T")
    read_half(date, DATE, True, counters)
    for index, time in enumerate(times):
        read_half(time, CLOCK, index == len(times) - 1, counters)


def read_half(text, half, may_be_alternative, counters):
    """Numbers with letters behind them; or the alternative format, which begins with a number without one."""
    units, separator, width = half
    at, position = 0, None
    while at < len(text):
        number = NUMBER.match(text, at)
        if number is None:
            raise refused()
        value, fraction = iso_number(number[0])
        is_first, letter, at = at == 0, text[number.end() : number.end() + 1], number.end() + 1
        if position is None and letter in units:
            counters.add(units[letter], value, fraction)
        elif not may_be_alternative or not (is_first or position is not None):
            raise refused()
        elif is_first and letter == "" and re.match("[0-9]*", number[0]).end() == width:
            first, second, third = list(units.values())[:3]
            counters.add(first, value // 10000)
            counters.add(second, value // 100 % 100)
            counters.add(third, value % 100)
            counters.add(DAY if half is DATE else MICROSECOND, 0, fraction)
        else:
            position = 0 if position is None else position + 1
            # Between numbers stands the separator, behind the last one nothing.
            if letter and (letter != separator or at == len(text) or position == 2):
                raise refused()
            counters.add(list(units.values())[position], value, fraction)


def iso_number(token):
    """What strtod of C reads, up to 10 to the 15; an underflow is refused."""
    is_hex = "x" in token.lower()
    try:
        value = float.fromhex(token) if is_hex else float(token)
    except OverflowError:
        raise refused() from None
    digits = re.sub("(?i)^-?0x|p.*" if is_hex else "(?i)e.*", "", token)
    if abs(value) > 1e15 or (abs(value) < 2.0**-1022 and re.search("[1-9a-f]", digits, re.I)):
        raise refused()
    whole = int(value)
    return whole, value - whole


# Parts ------------------------------------------------------------------------------------------------------------

PARTS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")


def write_interval(parts):
    """Parts as PostgreSQL writes them: 1 year 2 mons 7 days 03:00:00."""
    if not isinstance(parts, dict) or not all(is_part(name, value) for name, value in parts.items()):
        raise refused()
    years, months, weeks, days, hours, minutes, seconds = (parts.get(name, 0) for name in PARTS)
    microseconds = round(seconds * 10**6)
    counted = ((years + months // 12, "year"), (months % 12, "mon"), (weeks * 7 + days, "day"))
    written = [f"{int(count)} {unit}{'s' * (count > 1)}" for count, unit in counted if count]
    total = (int(hours) * 60 + int(minutes)) * 60 * 10**6 + microseconds
    if total or not written:
        whole, fraction = divmod(total, 10**6)
        clock = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
        written.append(f"{clock}.{fraction:06}".rstrip("0") if fraction else clock)
    text = " ".join(written)
    if not is_interval(text):
        raise refused()
    return text


def is_part(name, value):
    if name not in PARTS or not is_number(value) or not value >= 0:
        return False
    if name != "seconds":
        return is_whole(value)
    # Up to six decimals.
    return value < 2**53 and round(value, 6) == value
