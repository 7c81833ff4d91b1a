"""Text to canonical types, as SQL expressions DuckDB runs over a whole file at once.

Each mapped column yields an expression for its value that is null when the text cannot be read as
the type; a text that is there while its value is null makes the row a quarantined one.
"""

from __future__ import annotations

from collections.abc import Mapping as Mapping_
from dataclasses import dataclass

from orchestration.exports import currencies, moments, salesforce_ids, sql
from orchestration.exports.entities import ENTITIES, UNMAPPED, Column, ColumnType
from orchestration.exports.mapping_model import SHARED, ColumnMapping, FileMapping, Mapping

SALTED_IDS = (
    "person_id", "merged_into_id", "owner_id", "qualified_by_owner_id", "account_id",
    "parent_account_id", "merged_id", "surviving_id",
)  # fmt: skip
"""Ids that some systems export as e-mail addresses, which must not travel on."""

MODIFIED = Column("modified", ColumnType.TIMESTAMP)
"""When the source last changed a record, where the entry says."""

LABELS = "lookup_labels"
"""The temporary view of what exported lists call the ids of their system."""

YEARS = (1900, 2100)
"""A date outside is a typing mistake, and one of them would stretch every calendar to it."""

_SPACES = "[\\s\\x{a0}\\x{3000}]"
TRUE = ("true", "t", "yes", "y", "1", "是", "真")
FALSE = ("false", "f", "no", "n", "0", "否", "假")
PLAIN = (*TRUE, *FALSE)
_GAP = r"[\s\x{a0}\x{202f}\x{2009}\x{3000}]+"
_ODD_SPACE = rf"\d{{4,}}{_GAP}\d|\d{_GAP}(\d{{1,2}}|\d{{4,}})(\D|$)"
"""A space between digits that groups no thousands."""
_FORMULA_ERRORS = (
    "#N/A", "#NV", "#REF!", "#BEZUG!", "#VALUE!", "#WERT!", "#VALEUR!", "#NAME?", "#NOM?",
    "#DIV/0!", "#NUM!", "#ZAHL!", "#NOMBRE!", "#NULL!", "#NUL!", "#SPILL!", "#CALC!", "#FIELD!",
)  # fmt: skip
_FORMULA = "the error of a formula in a spreadsheet. Correct it there and export again"
_LOST_DIGITS = (
    "a spreadsheet made a number of this id and its digits are lost. Export it again with the "
    "column formatted as text, and do not open the file in a spreadsheet before"
)
_STATE_IT = (
    "Export the currency of the amounts, or state `currency: EUR` (or another) for the source or "
    "entry in the mapping"
)


@dataclass(frozen=True)
class Cast:
    """The SQL of one canonical column of one file."""

    column: Column
    field: str
    """The staged field as exported, or the constant."""
    trimmed: str
    """The field without surrounding space."""
    text: str
    """The trimmed text, null for a placeholder."""
    value: str
    """The typed value of the mapped text; null when missing or unreadable."""
    complaint: str
    """The SQL of why a text without a value was refused; empty for what is never refused."""
    missing: str
    """Why no text was refused, and what to do about it."""


@dataclass(frozen=True)
class Caster:
    """Builds the casts of one entry of the mapping."""

    mapping: Mapping
    entry: FileMapping
    salt: str

    @property
    def zone(self) -> str:
        return self.entry.time_zone or self.mapping.time_zone

    @property
    def currency(self) -> str | None:
        """The currency of amounts whose row states none.

        A refund's is its deal's, known later; what must state its currency is never given another.
        """
        columns = ENTITIES[self.entry.entity].columns
        stated = self.entry.header_currency or self.entry.currency
        if self.entry.entity == "refunds" or any(
            column.name == "currency" and column.required for column in columns
        ):
            return stated
        return stated or self.mapping.currency

    def cast(
        self,
        column: Column,
        spec: ColumnMapping,
        field: str,
        mapped: Mapping_[str, str],
        beside: str | None = None,
    ) -> Cast:
        """The cast of ``column`` from ``field``, in steps that each read the one before.

        ``beside`` is the field of the system of the row's id, or of what is less of its amount.

        The text step finds the trimmed field as ``r_<column>``; the value step finds the mapped
        text under the name ``mapped`` gives it.
        """
        trimmed = f"r_{column.name}"
        nulls = self.entry.nulls_of(spec)
        default = spec.default or (self.currency if column.name == "currency" else None)
        empty = f" else {sql.text(default)}" if default else ""
        text = f"case when not {sql.one_of(trimmed, nulls)} then {trimmed}{empty} end"
        text_in = mapped[column.name]
        system = beside if spec.source_column else None
        value, reason = self._typed(column, spec, text_in, mapped, system)
        value = f"case when not {_is_formula_error(text_in)} then {value} end"
        if system is not None:
            word = f"nullif(lower({trimmed_text(system)}), '')"
            value = f"coalesce({word} || ':', '') || {value}"
        item = f"split_part({field}, {sql.text(spec.first_of)}, 1)" if spec.first_of else field
        complaint = self._complaint(column, trimmed_text(item), reason)
        if beside is not None and spec.less:
            off = trimmed_text(beside)
            is_none = sql.one_of(off, nulls)
            value += f" - case when {is_none} then 0 else {self._amount(off, mapped, spec)} end"
            unread = f"not {is_none} and try_cast({self.number(off)} as decimal(18, 4)) is null"
            no_number = f"{spec.less!r}, which is taken off it, is {reason}"
            complaint = f"case when {unread} then {sql.text(no_number)} else {complaint} end"
        missing = "a required value is missing"
        if remedy := spec.remedy or (_STATE_IT if column.name == "currency" else None):
            missing += f". {remedy}"
        return Cast(column, field, trimmed_text(item), text, value, complaint, missing)

    def label(self, spec: ColumnMapping, text: str, listed: str | None = None) -> str:
        """What the lists of the entry's system call the id ``text``; null when they do not.

        The list is that of its ``lookup``, or the one ``listed``.
        """
        word = sql.text(listed or spec.lookup)
        source = self.entry.source_of(spec)
        id_ = self.id_in_full(spec, text)
        code = f"{sql.text(f'{source}:')} || {id_}" if source else id_
        return f"(select label from {LABELS} where lookup = {word} and code = {code})"

    def mapped(self, column: Column, spec: ColumnMapping) -> str:
        """The text ``t_<column>`` after the value map; a word that a vocabulary does not hold, or
        that does not tell a flag, is ``__unmapped__``.

        Where the map does not know an id, what a list calls it, ``l_<column>``, counts. A record
        that no list links to another has no link.
        """
        text, label = f"t_{column.name}", f"l_{column.name}"
        unknown = text
        if column.type is ColumnType.VOCABULARY or column.is_told_by_words:
            kept = f"when {_is_formula_error(text)} then {text}"
            unknown = f"case {kept} when {text} is not null then {sql.text(UNMAPPED)} end"
        elif spec.lookup:
            unknown = label if column.type is ColumnType.ID else f"coalesce({label}, {text})"
        if spec.unless_listed:
            listed = self.label(spec, text, spec.unless_listed)
            unknown = f"case when {listed} is null then {unknown} end"
        if spec.lookup:
            unknown = self._in_words(column, spec, label, unknown)
        return self._in_words(column, spec, text, unknown)

    def _in_words(self, column: Column, spec: ColumnMapping, text: str, unknown: str) -> str:
        if column.type is ColumnType.VOCABULARY:
            words = {word.lower(): word for word in self.mapping.vocabulary(column)}
            targets: dict[str, str | None] = dict(words)
            if column.name == "stage" and not column.vocabulary:
                for stage in self.mapping.stages:
                    for spelling in stage.spellings:
                        targets[spelling.strip().lower()] = stage.name
            for word, target in spec.values.items():
                known = None if target is None else words[target.lower()]
                targets[word.strip().lower()] = known
            # A company that has not listed its stages yet knows no word of theirs.
            if not targets:
                return unknown
            return f"case lower({text}) {_whens(targets)} else {unknown} end"
        if column.is_told_by_words:
            # An id of a list may be 1, which says nothing yet.
            words: dict[str, str | None] = {} if spec.lookup else {word: word for word in PLAIN}
            words |= {word.strip().lower(): target for word, target in spec.values.items()}
            return f"case lower({text}) {_whens(words)} else {unknown} end"
        if spec.values:
            whens = _whens({word.strip(): target for word, target in spec.values.items()})
            return f"case {text} {whens} else {unknown} end"
        return unknown

    def _typed(
        self,
        column: Column,
        spec: ColumnMapping,
        text: str,
        mapped: Mapping_[str, str],
        system: str | None,
    ) -> tuple[str, str]:
        formats = tuple(spec.date_format or self.entry.date_format)
        zones = self.zone, self.mapping.reporting_zone
        source = None if spec.source_column else self.entry.source_of(spec)
        words = "".join(f"{word}:" for word in (source, spec.kind) if word)
        prefix = f"{sql.text(words)} || " if words else ""
        stated = f" or in {' or '.join(formats)}" if formats else ""
        match column.type:
            case ColumnType.DATE:
                return moments.day(text, formats, *zones), f"not a date in ISO form{stated}"
            case ColumnType.TIMESTAMP:
                return moments.instant(text, formats, *zones), f"not a time in ISO form{stated}"
            case ColumnType.AMOUNT:
                return self._amount(text, mapped, spec), self._no_number()
            case ColumnType.NUMBER if column.name == "rate":
                value = f"try_cast({self.number(text)} as double)"
                units = f"1 / {value}" if self.entry.base else value
                return f"case when {value} > 0 then {units} end", self._no_number("number above 0")
            case ColumnType.NUMBER:
                return f"try_cast({self.number(text)} as double)", self._no_number()
            case ColumnType.SHARE:
                return self._share(text, spec.percent), "not a share between 0 and 1"
            case ColumnType.BOOLEAN:
                value = (
                    f"case when {sql.one_of(f'lower({text})', TRUE)} then true "
                    f"when {sql.one_of(f'lower({text})', FALSE)} then false end"
                )
                return value, "not true or false"
            case ColumnType.TIME:
                return moments.time_of_day(text), "not a time of day such as 09:00"
            case ColumnType.WEEKDAY:
                return moments.weekday(text), "not a weekday: 1 (Monday) to 7, or Mon, Monday, 周一"
            case ColumnType.ZONE:
                known = "select name from pg_timezone_names()"
                value = f"case when {text} in ({known}) then {text} end"
                return value, "not a time zone name such as Europe/Berlin"
            case ColumnType.ID if spec.pattern:
                fits = f"regexp_full_match({text}, {sql.text(spec.pattern)})"
                id_ = self.id_in_full(spec, text, system)
                return f"{prefix}case when {fits} then {id_} end", "not an id of its system"
            case ColumnType.ID if column.name in SALTED_IDS:
                hashed = f"sha256({sql.text(self.salt)} || lower({text}))"
                whole = _whole(text, self.id_in_full(spec, text, system))
                value = f"case when contains({text}, '@') then {hashed} else {whole} end"
                return f"{prefix}{value}", _LOST_DIGITS
            case ColumnType.ID:
                return f"{prefix}{_whole(text, self.id_in_full(spec, text, system))}", _LOST_DIGITS
            case ColumnType.TEXT if column.name == "currency":
                code = f"upper({text})"
                fits = f"regexp_full_match({code}, '[A-Z]{{3}}')"
                if stated := self.entry.header_currency:
                    fits = f"{code} = {sql.text(stated)}"
                return f"case when {fits} then {code} end", "not a three-letter currency code"
            case _:
                return text, ""

    def id_in_full(self, spec: ColumnMapping, text: str, system: str | None = None) -> str:
        """The id in the one spelling of its system, without the system's word."""
        words = self.mapping.sources_read_by(salesforce_ids.SYSTEM)
        in_full = f"({salesforce_ids.in_full(text)})"
        if system is not None:
            is_salesforce = sql.one_of(f"lower({trimmed_text(system)})", sorted(words))
            return f"(case when {is_salesforce} then {in_full} else {text} end)"
        source = spec.source or self.entry.source or self.mapping.source
        if source == SHARED:
            return f"({salesforce_ids.named_in_full(text, words)})"
        return in_full if source in words else text

    def _complaint(self, column: Column, text: str, reason: str) -> str:
        """The SQL of ``reason``, or of the better one that the exported ``text`` itself gives."""
        better = self._better_complaint(column, text, reason)
        return f"case when {_is_formula_error(text)} then {sql.text(_FORMULA)} else {better} end"

    def _better_complaint(self, column: Column, text: str, reason: str) -> str:
        if column.type is ColumnType.AMOUNT:
            has_own = any(one.name == "currency" for one in ENTITIES[self.entry.entity].columns)
            stated = f"coalesce({'typed.currency, ' if has_own else ''}{sql.text(self.currency)})"
            return (
                f"case when try_cast({self.number(text)} as decimal(18, 4)) is null "
                f"then {sql.text(reason)} else "
                "'names a currency that is not the stated one, ' || "
                f"coalesce({stated}, 'as none is stated') || '. Correct whichever is wrong' end"
            )
        if column.name == "currency" and self.entry.header_currency:
            headers = " and ".join(map(repr, self.entry.currency_headers))
            return (
                f"case when not regexp_full_match(upper({text}), '[A-Z]{{3}}') "
                f"then {sql.text(reason)} else "
                f"{sql.text(f'the header {headers} states another. Correct whichever is wrong')} "
                "end"
            )
        return sql.text(reason)

    def number(self, text: str) -> str:
        """The text as digits DuckDB reads, null unless it follows the stated signs exactly.

        A mark or code of a currency at either end is left out, whichever it is.
        """
        decimal, grouping = self.entry.decimal_sign, self.entry.grouping
        mark = f"(?:{currencies.PATTERN})"
        bare = (
            f"regexp_replace({_capitals(text)}, "
            f"{sql.text(rf'^([+-]?[(]?){mark}*(.*?){mark}*([)]?)$')}, '\\1\\2\\3')"
        )
        signed = f"regexp_replace({bare}, '^\\((.*)\\)$', '-\\1')"
        mark = {"'": "''", " ": ""}.get(grouping, f"[{grouping}]" if grouping else "")
        # "0,925" is no grouped number: it would be a thousand times what it says.
        grouped = f"|[1-9]\\d{{0,2}}(?:{mark}\\d{{3}})+" if mark else ""
        pattern = f"[+-]?(?:\\d+{grouped})?(?:[{decimal}]\\d*)?(?:[eE][+-]?\\d+)?"
        digits = signed
        if grouping.strip():
            digits = f"replace({digits}, {sql.text(grouping)}, '')"
        if decimal != ".":
            digits = f"replace({digits}, {sql.text(decimal)}, '.')"
        is_whole = f"not regexp_matches({text}, '{_ODD_SPACE}')"
        return (
            f"case when {is_whole} and regexp_full_match({signed}, '{pattern}') then {digits} end"
        )

    def _amount(self, text: str, mapped: Mapping_[str, str], spec: ColumnMapping) -> str:
        stated = f"coalesce(upper({mapped.get('currency', 'null')}), {sql.text(self.currency)}, '')"
        marks = f"regexp_extract_all({_capitals(text)}, {sql.text(currencies.PATTERN)})"
        users = " ".join(
            f"when {sql.text(mark)} then {sql.one_of(stated, codes)}"
            for mark, codes in currencies.MARKS.items()
        )
        # Without a currency to compare with, an amount that names one is refused.
        odd = f"list_filter({marks}, lambda mark: not case mark {users} else mark = {stated} end)"
        typed = f"try_cast({self.number(text)} as decimal(18, 4))"
        typed = f"case when len({odd}) = 0 then {typed} end"
        if self.entry.decimal_sign == "." and self.entry.grouping != ".":
            # Most amounts are plain digits, which need no pattern and name no currency.
            plain = f"regexp_full_match({text}, '-?\\d+(\\.\\d+)?')"
            typed = f"case when {plain} then try_cast({text} as decimal(18, 4)) else {typed} end"
        units = "1000000" if spec.micros else ""
        if spec.minor:
            units = (
                f"case when {sql.one_of(stated, currencies.WITHOUT_MINOR_UNIT)} then 1 "
                f"when {sql.one_of(stated, currencies.OF_A_THOUSAND)} then 1000 else 100 end"
            )
        return f"({typed} / {units})::decimal(18, 4)" if units else typed

    def _share(self, text: str, percent: bool) -> str:
        digits = f"try_cast({self.number(f'rtrim({text}, chr(37))')} as double)"
        if percent:
            return f"{digits} / 100"
        return f"{digits} / case when ends_with({text}, '%') then 100 else 1 end"

    def _no_number(self, number: str = "number") -> str:
        grouping = self.entry.grouping
        marks = f"decimal sign {self.entry.decimal_sign!r}, thousands {grouping!r}"
        return f"not a {number} in the stated currency and form ({marks})"


def trimmed_text(field: str) -> str:
    """The field without the space around it, of whatever width."""
    # Asking first is five times faster than trimming every field of these characters.
    is_padded = f"regexp_matches({field}, '^{_SPACES}|{_SPACES}$')"
    bare = f"regexp_replace({field}, '^{_SPACES}+|{_SPACES}+$', '', 'g')"
    return f"case when {is_padded} then {bare} else {field} end"


def _is_formula_error(text: str) -> str:
    # Asking for the first sign spares almost every value the list.
    return f"(starts_with({text}, '#') and {sql.one_of(f'upper({text})', _FORMULA_ERRORS)})"


def _whole(text: str, id_: str) -> str:
    """The id that the text is, null where a spreadsheet shows it as a rounded number."""
    is_rounded = (
        f"{text} like '_%+%' and regexp_full_match({text}, '\\d([.,]\\d+)?[eE][+]\\d{{2,3}}')"
    )
    return f"case when not ({is_rounded}) then {id_} end"


def _capitals(text: str) -> str:
    """The text without any space, in capitals, with straight apostrophes."""
    return f"upper(replace(regexp_replace({text}, '{_GAP}', '', 'g'), '’', chr(39)))"


def within_bounds(column: Column, value: str) -> str:
    """The typed value, null when no company could have meant it."""
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        first, last = YEARS
        return f"case when year({value}) between {first} and {last} then {value} end"
    if column.type is ColumnType.SHARE:
        return f"case when {value} between 0 and 1 then {value} end"
    return value


def _whens(targets: dict[str, str | None]) -> str:
    return " ".join(
        f"when {sql.text(word)} then {sql.text(target)}" for word, target in targets.items()
    )
