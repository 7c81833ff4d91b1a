"""Text to days and instants, as SQL expressions that are null for a text that is neither."""

from __future__ import annotations

from orchestration.exports import sql
from orchestration.exports.mapping_values import EPOCHS

_TIMES = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_YEAR_FIRST = ("%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
_NAMED_MONTHS = (
    "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%d-%B-%Y", "%B %d, %Y",
    "%B %d %Y",
)  # fmt: skip
_NUMBERED = tuple(
    f"%{first}{mark}%{second}{mark}%Y"
    for mark in "/.-"
    for first, second in (("d", "m"), ("m", "d"))
)
_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:00)?|24:00(:00)?"
_WEEKDAYS = (
    ("1", "mon", "monday", "mo", "montag", "周一", "星期一"),
    ("2", "tue", "tues", "tuesday", "di", "dienstag", "周二", "星期二"),
    ("3", "wed", "wednesday", "mi", "mittwoch", "周三", "星期三"),
    ("4", "thu", "thur", "thurs", "thursday", "do", "donnerstag", "周四", "星期四"),
    ("5", "fri", "friday", "fr", "freitag", "周五", "星期五"),
    ("6", "sat", "saturday", "sa", "samstag", "sonnabend", "周六", "星期六"),
    ("7", "sun", "sunday", "so", "sonntag", "周日", "周天", "星期日", "星期天"),
)
_OFFSET = r"\d[ ]?(Z|z|UTC|[+-]\d{2}(:?\d{2})?)$"
_ISO_TIME = r"^\d{4}-\d{1,2}-\d{1,2}[T ]\d"


def day(text: str, formats: tuple[str, ...], zone: str, reporting_zone: str) -> str:
    """As typed; a point in time becomes the day it falls on in the reporting zone."""
    moment = f"timezone({sql.text(reporting_zone)}, {_moment(text, formats, zone)})"
    days = _strptime(text, [form for form in formats if not _is_moment(form)])
    return (
        f"coalesce({days}{_iso_date(text)}, {moment}::date, "
        f"{_strptime(text, _understood(formats)).removesuffix(', ')}::date)::date"
    )


def instant(text: str, formats: tuple[str, ...], zone: str, reporting_zone: str) -> str:
    """UTC; a date alone is its midnight in the reporting zone."""
    days = _strptime(text, [form for form in formats if not _is_moment(form)])
    day = (
        f"coalesce({days}{_iso_date(text)}::timestamp, "
        f"{_strptime(text, _understood(formats)).removesuffix(', ')})"
    )
    midnight = f"timezone({sql.text(reporting_zone)}, {day})"
    return f"timezone('UTC', coalesce({_moment(text, formats, zone)}, {midnight}))"


def time_of_day(text: str) -> str:
    """As ``HH:MM``."""
    hour, minute = (f"split_part({text}, ':', {part})" for part in (1, 2))
    return (
        f"case when regexp_full_match({text}, '{_CLOCK}') "
        f"then lpad({hour}, 2, '0') || ':' || {minute} end"
    )


def weekday(text: str) -> str:
    """The number of the day in its week, from its number or its name in any case."""
    whens = " ".join(
        f"when {sql.one_of(f'lower({text})', names)} then {names[0]}" for names in _WEEKDAYS
    )
    return f"case {whens} end::double"


def _moment(text: str, formats: tuple[str, ...], stated_zone: str) -> str:
    """The instant of a text with a time of day, null for any other."""
    stated = [form for form in formats if _has_time(form)]
    offset_formats = [form for form in stated if "%z" in form]
    dated = [form for form in formats if not _is_moment(form)]
    with_times = [f"{form} {time}" for form in dated for time in _TIMES]
    local_formats = [form for form in stated if "%z" not in form] + with_times
    understood = [f"{form} {time}" for form in _understood(formats) for time in _TIMES]
    zone = sql.text(stated_zone)
    iso = f"length({text}) > 10 and regexp_matches({text}, '{_ISO_TIME}')"
    has_offset = f"regexp_matches({text}, '{_OFFSET}')"
    parts = [
        *(_since_1970(text, form) for form in formats if form in EPOCHS),
        f"timezone('UTC', {_strptime(text, offset_formats).removesuffix(', ')})"
        if offset_formats
        else "",
        f"timezone({zone}, {_strptime(text, local_formats).removesuffix(', ')})"
        if local_formats
        else "",
        f"case when {iso} and {has_offset} then try_cast({text} as timestamptz) "
        f"when {iso} then timezone({zone}, try_cast({text} as timestamp)) end",
        f"case when contains({text}, ':') then "
        f"timezone({zone}, {_strptime(text, understood).removesuffix(', ')}) end",
    ]
    return f"coalesce({', '.join(part for part in parts if part)})"


def _understood(formats: tuple[str, ...]) -> list[str]:
    """What is read without being stated; day and month in numbers only while neither is stated."""
    return [*_YEAR_FIRST, *_NAMED_MONTHS, *(() if formats else _NUMBERED)]


def _is_moment(form: str) -> bool:
    return form in EPOCHS or _has_time(form)


def _since_1970(text: str, form: str) -> str:
    """The instant of a count of seconds or parts of them, null for any other text."""
    # More digits lie outside ``casting.YEARS``, and would overflow.
    digits, factor = {"epoch": (11, 1_000_000), "epoch_ms": (14, 1000), "epoch_us": (17, 1)}[form]
    is_count = f"regexp_full_match({text}, '-?\\d{{1,{digits}}}(\\.\\d+)?')"
    count = f"try_cast(case when {is_count} then {text} end as decimal(24, 6))"
    return f"timezone('UTC', make_timestamp(({count} * {factor})::bigint))"


def _has_time(form: str) -> bool:
    return any(part in form for part in ("%H", "%I", "%X", "%c", "%s"))


def _iso_date(text: str) -> str:
    return (
        f"case when length({text}) <= 10 and {text} >= '0' and {text} < ':' "
        f"then try_cast({text} as date) end"
    )


def _strptime(text: str, formats: list[str]) -> str:
    """A parse with a trailing comma for ``coalesce``; nothing when there is no format."""
    return f"try_strptime({text}, [{sql.texts(formats)}]), " if formats else ""
