"""What a single value of a mapping file must obey."""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BeforeValidator, Field

from orchestration.exports.delimited import straight_quotes

EPOCHS = ("epoch", "epoch_ms", "epoch_us")
"""Words for a date format: seconds, milliseconds and microseconds since 1970 in UTC."""

_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
}
"""What is written under these names is that of Windows, as web browsers take it too."""


def _zone(value: Any) -> Any:
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"{value!r} is not a time zone name such as Europe/Berlin or UTC"
        ) from None
    return value


def _encoding(value: Any) -> Any:
    try:
        name = codecs.lookup(str(value)).name
    except LookupError:
        raise ValueError(
            f"{value!r} is not an encoding; use one such as utf-8, utf-16, gb18030, big5, "
            "shift_jis or windows-1252"
        ) from None
    return _WIDER.get(name, name)


def _delimiter(value: Any) -> Any:
    return {"tab": "\t", "\\t": "\t"}.get(str(value).lower(), value)


def _formats(value: Any) -> Any:
    formats = [value] if isinstance(value, str) else value
    for form in formats if isinstance(formats, list) else []:
        wrong = re.sub(r"%-?[aAbBdfGgHIjmMnpSuUVwWyYzZ%]", "", str(form))
        if form not in EPOCHS and ("%" in wrong or wrong == form):
            raise ValueError(
                f"{form!r} is not a date format such as %d.%m.%Y, nor {' or '.join(EPOCHS)}"
            )
    return formats


def _footers(value: Any) -> Any:
    for pattern in value if isinstance(value, list) else []:
        _expression(pattern)
        if not str(pattern).startswith("^") and not str(pattern).endswith("$"):
            raise ValueError(
                f"{pattern!r} could stand anywhere in a row of data; begin it with ^ or end it "
                "with $"
            )
    return value


def _expression(value: Any) -> Any:
    if value is None:
        return value
    try:
        re.compile(str(value))
    except re.error as error:
        raise ValueError(f"{value!r} is not a regular expression: {error}") from None
    return value


def _record_url(value: Any) -> Any:
    """A page of a record in its system: the id stands where the path, query or fragment is."""
    text = str(value)
    parts = urlsplit(text.replace("{id}", "1"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r} is not a web address that begins with https:// or http://")
    if text.count("{id}") != 1 or "{id}" in urlsplit(text).netloc:
        raise ValueError(f"{text!r} does not say once, after the host, where the id goes: {{id}}")
    if re.search(r"[\s\\\"'<>`{}]", text.replace("{id}", "")):
        raise ValueError(f"{text!r} has a sign that does not belong into a web address")
    return value


def _by_kind(value: Any) -> Any:
    return {None: value} if isinstance(value, str) else value


def _header(value: Any) -> Any:
    return straight_quotes(value) if isinstance(value, str) else value


def _utc(value: Any) -> Any:
    """A date alone, or a time without an offset, is taken as UTC."""
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            return value
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return value


Zone = Annotated[str, BeforeValidator(_zone)]
Encoding = Annotated[str | None, BeforeValidator(_encoding)]
Delimiter = Annotated[str | None, BeforeValidator(_delimiter), Field(max_length=1)]
Instant = Annotated[AwareDatetime | None, BeforeValidator(_utc)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Formats = Annotated[list[str], BeforeValidator(_formats)]
Footers = Annotated[list[str], BeforeValidator(_footers)]
Expression = Annotated[str | None, BeforeValidator(_expression)]
Header = Annotated[str, BeforeValidator(_header)]
Source = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Words = Annotated[list[str], Field(min_length=1)]
Kind = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
RecordUrl = Annotated[str, BeforeValidator(_record_url)]
RecordUrls = Annotated[dict[Kind | None, RecordUrl], BeforeValidator(_by_kind)]
"""By the kind of the record, None where the system has one kind only."""
