"""Currencies: their codes, the marks that amounts carry, and what the header of amounts says."""

from __future__ import annotations

import re

_CODE = (
    "AED|AFN|ALL|AMD|AOA|ARS|AUD|AWG|AZN|BAM|BBD|BDT|BGN|BHD|BIF|BMD|BND|BOB|BRL|BSD|BTN|BWP|"
    "BYN|BZD|CAD|CDF|CHF|CLP|CNY|COP|CRC|CUP|CVE|CZK|DJF|DKK|DOP|DZD|EGP|ERN|ETB|EUR|FJD|FKP|"
    "GBP|GEL|GHS|GIP|GMD|GNF|GTQ|GYD|HKD|HNL|HTG|HUF|IDR|ILS|INR|IQD|IRR|ISK|JMD|JOD|JPY|KES|"
    "KGS|KHR|KMF|KPW|KRW|KWD|KYD|KZT|LAK|LBP|LKR|LRD|LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MOP|MRU|"
    "MUR|MVR|MWK|MXN|MYR|MZN|NAD|NGN|NIO|NOK|NPR|NZD|OMR|PAB|PEN|PGK|PHP|PKR|PLN|PYG|QAR|RON|"
    "RSD|RUB|RWF|SAR|SBD|SCR|SDG|SEK|SGD|SHP|SLE|SOS|SRD|SSP|STN|SVC|SYP|SZL|THB|TJS|TMT|TND|"
    "TOP|TRY|TTD|TWD|TZS|UAH|UGX|USD|UYU|UZS|VED|VES|VND|VUV|WST|XAF|XCD|XOF|XPF|YER|ZAR|ZMW"
)
"""ISO 4217: what a company can be paid in."""

_DOLLARS = (
    "ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD "
    "SRD TTD TWD USD UYU XCD"
)
MARKS: dict[str, tuple[str, ...]] = {
    mark: tuple(codes.split())
    for mark, codes in {
        "$": _DOLLARS,
        "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD",
        "MX$": "MXN", "NT$": "TWD", "NZ$": "NZD", "R$": "BRL", "S$": "SGD",
        "€": "EUR", "EURO": "EUR",
        "£": "EGP FKP GBP GIP LBP SDG SHP SSP SYP",
        "¥": "CNY JPY", "￥": "CNY JPY", "CN¥": "CNY", "JP¥": "JPY", "RMB": "CNY", "人民币": "CNY",
        "元": "CNY HKD MOP TWD", "円": "JPY",
        "₹": "INR", "₩": "KPW KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₫": "VND", "฿": "THB",
        "₴": "UAH", "₱": "PHP", "₦": "NGN",
        "KR.": "DKK ISK NOK SEK", "KR": "DKK ISK NOK SEK", "FR.": "CHF", "KČ": "CZK", "ZŁ": "PLN",
        "FT": "HUF", "LEI": "RON",
    }.items()
}  # fmt: skip
"""The currencies that use each mark, in capitals; CLDR's narrow symbols. "$" alone says little."""

NO_CURRENCY = "XXX"
"""ISO 4217: that there is none."""

WITHOUT_MINOR_UNIT = (
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
)  # fmt: skip
OF_A_THOUSAND = ("BHD", "JOD", "KWD", "OMR", "TND")
"""What payment interfaces write in whole units and in thousandths; all others are in hundredths, as
are ISK and UGX there, which have no minor unit in life."""

# A mark that ends in a dot comes before the one without, or the dot would be a decimal sign.
PATTERN = "EURO|[A-Z]{3}|" + "|".join(re.escape(mark) for mark in MARKS if mark != "EURO")
"""Regular expression of one mark or code in capitals."""

# At the end of a header "ALL" and "TOP" are words before they are lek and pa'anga.
_WORDS = "(?!ALL|CUP|MAD|MOP|PEN|TOP|TRY)"
_IN_HEADER = re.compile(
    rf"[(\[（]\s*({_CODE})\s*[)\]）]|\bin ({_CODE})\b|[a-z][ _]{_WORDS}({_CODE})$"
)


def in_header(header: str) -> str | None:
    """The currency that a header such as ``Amount (EUR)`` or ``Betrag in EUR`` states."""
    found = _IN_HEADER.search(header.strip())
    return next(code for code in found.groups() if code) if found else None


def rated_in(header: str) -> str | None:
    """The currency that a header of rates such as ``EUR for one unit`` says they are in."""
    found = re.search(rf"^({_CODE}) (?:for one|per|für eine)\b|折合 ?({_CODE})$", header.strip())
    return next(code for code in found.groups() if code) if found else None
