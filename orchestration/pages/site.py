"""Writes the stakeholder site of one version: no script, no network, nothing but its own data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from orchestration.pages import charts, texts
from orchestration.pages import funnel as funnels
from orchestration.pages.agreement import PROMISES, Agreement, read_agreement
from orchestration.pages.campaigns import Campaigns, read_campaigns
from orchestration.pages.checks import counted, notices, read_checks
from orchestration.pages.factors import Factor, charted, happened_before, read_factors
from orchestration.pages.formats import Formatter
from orchestration.pages.groups import GROUPS
from orchestration.pages.kpis import Kpi, Numbers, Observation, read_numbers
from orchestration.pages.periods import Period
from orchestration.pages.red_flags import Raised, read_red_flags
from orchestration.pages.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from markupsafe import Markup

ROOM = Path(__file__).parent
MONTHS_CHARTED = 24
QUARTERS_LISTED = 8
NOTICES_LISTED = 6


@dataclass(frozen=True)
class Comparison:
    """The latest complete period of a KPI beside the one before and the one a year earlier."""

    latest: Observation | None
    previous: Observation | None
    year_ago: Observation | None


def build_site(analytics: Path, out_dir: Path, manifest: dict[str, Any]) -> None:
    """Write the pages of one version into ``out_dir``.

    Reads ``analytics`` (the version's own ``analytics.duckdb``) and ``manifest``, nothing else.
    ``out_dir`` lies beside the data files of the version: the pages link to them, to
    ``checks/index.html`` and to ``dbt/index.html`` in it.
    """
    as_of = datetime.fromisoformat(manifest["as_of"]).replace(tzinfo=UTC)
    zone = ZoneInfo(manifest["reporting_tz"])
    numbers = read_numbers(analytics, as_of.astimezone(zone))
    site = _Site(
        numbers,
        read_factors(analytics),
        read_campaigns(analytics),
        funnels.read_funnel(analytics, numbers),
        read_agreement(analytics, numbers.latest["month"], numbers.as_of),
        read_red_flags(analytics),
        out_dir,
        manifest,
        zone,
    )
    out_dir.mkdir(parents=True, exist_ok=True)
    css = [path.read_text(encoding="utf-8") for path in sorted((ROOM / "static").glob("*.css"))]
    (out_dir / "style.css").write_text("\n".join(css), encoding="utf-8")
    site.write_start()
    for language in LANGUAGES:
        site.write_language(language)


class _Site:
    def __init__(
        self,
        numbers: Numbers,
        factors: list[Factor],
        campaigns: Campaigns,
        funnel: funnels.Funnel,
        agreement: Agreement,
        red_flags: dict[str, list[Raised]],
        out_dir: Path,
        manifest: dict[str, Any],
        zone: ZoneInfo,
    ) -> None:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup

        self.numbers = numbers
        self.campaigns = campaigns
        self.funnel = funnel
        self.agreement = agreement
        self.red_flags = red_flags
        self.factors = factors
        self.out_dir = out_dir
        self.manifest = manifest
        self.zone = zone
        self.environment = Environment(
            loader=FileSystemLoader(ROOM / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.checks = read_checks(manifest)
        self.drawings = {
            kpi.metric_id: {
                width: charts.chart(
                    kpi, months, narrow=width == "narrow", factors=self._charted(kpi)[0]
                )
                for width in ("wide", "narrow")
            }
            for kpi in numbers.kpis.values()
            if kpi.has_course and (months := self._months(kpi))
        }
        self.sparklines = {
            metric_id: Markup(charts.sparkline(self._months(kpi)))
            for metric_id, kpi in numbers.kpis.items()
        }

    def write_start(self) -> None:
        self._write("index.html", "start.html", languages=LANGUAGES, texts=texts)

    def write_language(self, language: Language) -> None:
        kpis = self.numbers.kpis.values()
        fmt = Formatter(language, self.manifest["reporting_currency"], self.zone)
        found = notices(self.manifest, self.checks, self.numbers, fmt)
        self._page(
            fmt,
            "index.html",
            "scorecard.html",
            groups=list(self._groups()),
            silent=[kpi for kpi in kpis if not kpi.has_data],
            compare=self._compare,
            sparklines=self.sparklines,
            # An instant at midnight shows nothing yet of the day it begins.
            happened=happened_before(
                self.factors, (self.numbers.as_of - timedelta(microseconds=1)).date()
            ),
            notices=found[:NOTICES_LISTED],
            notices_left=max(0, len(found) - NOTICES_LISTED),
        )
        self._page(fmt, "checks.html", "checks.html", checks=self.checks)
        self._page(fmt, "data.html", "data.html")
        if self.funnel.is_known:
            self._page(fmt, "funnel.html", "funnel.html", **self._funnel_parts(fmt))
        if self.campaigns.shown:
            self._page(fmt, "campaigns.html", "campaigns.html", campaigns=self.campaigns)
        if self.agreement.is_shown:
            self._agreement(fmt)
        self._page(fmt, "red_flags.html", "red_flags.html", red_flags=self.red_flags)
        for kpi in kpis:
            months = self._months(kpi)
            narrow = months[-charts.NARROW_PERIODS :]
            factors, factors_left = self._charted(kpi)
            self._page(
                fmt,
                f"kpi/{kpi.metric_id}.html",
                "kpi.html",
                kpi=kpi,
                beside=self.numbers.kpis.get(kpi.definition["beside_metric_id"] or ""),
                drawings=self._drawn(kpi, fmt),
                factors=factors,
                factors_left=factors_left,
                factors_wide=[
                    number
                    for number, factor in factors.items()
                    if not factor.happens_between(narrow[0][0].start, narrow[-1][0].end)
                ],
                months=months,
                charted={"wide": months, "narrow": narrow},
                quarters=self._points(kpi, self.numbers.latest["quarter"], QUARTERS_LISTED),
                compare=self._compare,
                grains=("all",) if kpi.is_snapshot else ("quarter", "year", "all"),
                split={d: b for d, b in kpi.breakdowns.items() if b.member_count > 1},
                unsplit={d: b for d, b in kpi.breakdowns.items() if b.member_count == 1},
                checks=[
                    check for check in self.checks if check.guards(kpi.metric_id, self.numbers.kpis)
                ],
            )

    def _funnel_parts(self, fmt: Formatter) -> dict[str, Any]:
        """What the page of the funnel shows beside the KPIs."""
        from markupsafe import Markup

        kpis, steps = self.numbers.kpis, self.funnel.steps.values()
        seen = [kpis[one].at(self.funnel.quarter) for _, one in funnels.STAGES if one in kpis]
        splits = []
        for heading, parts in (
            ("funnel_mqls", funnels.MQL_PARTS),
            ("funnel_sqls", funnels.SQL_PARTS),
        ):
            found = [kpis[one] for one in parts if one in kpis and kpis[one].has_data]
            months = max((self._months(kpi) for kpi in found), key=len, default=[])
            if months:
                points = funnels.stacked(found, [period for period, _ in months])
                drawings = {
                    width: Markup(charts.stacked_chart(points, narrow=width == "narrow"))
                    for width in ("wide", "narrow")
                }
                splits.append((heading, found, points, drawings))
        return {
            "funnel": self.funnel,
            "stages": funnels.STAGES,
            "between": funnels.BETWEEN,
            "step_kpis": funnels.STEP_KPIS,
            "exits": funnels.EXITS,
            "reasons_listed": funnels.REASONS_LISTED,
            "largest": max((one.value or 0 for one in seen if one), default=0) or 1,
            "mature": [step.mature for step in steps if step.mature],
            "immature": [step.latest for step in steps if step.has_newer],
            "splits": splits,
            "trends": [
                (kpis[one], self._plain(kpis[one]))
                for one in ("lead_to_mql_rate", "mql_to_sql_rate", "sales_conversion_rate")
                if one in kpis and one in self.drawings
            ],
        }

    def _plain(self, kpi: Kpi) -> dict[str, Markup]:
        """The chart of a KPI by width, without what happened outside."""
        from markupsafe import Markup

        return {
            width: Markup(charts.chart(kpi, self._months(kpi), narrow=width == "narrow"))
            for width in ("wide", "narrow")
        }

    def _agreement(self, fmt: Formatter) -> None:
        found = self.agreement
        running = next((one.period for one in found.running.values()), None)
        self._page(
            fmt,
            "agreement.html",
            "agreement.html",
            agreement=found,
            sides=(("marketing", PROMISES[:1]), ("sales", PROMISES[1:])),
            running_period=running,
            quality=self.numbers.kpis.get("mql_acceptance_rate"),
            periods=sorted(
                {one.period for months in found.months.values() for one in months},
                key=lambda period: period.start,
            ),
            regions=sorted({one.region for few in found.regions.values() for one in few}),
        )

    def _groups(self) -> Iterator[tuple[str, list[Kpi]]]:
        named = {metric_id for members in GROUPS.values() for metric_id in members}
        for group, members in GROUPS.items():
            wanted = members or [one for one in self.numbers.kpis if one not in named]
            found = [self.numbers.kpis[one] for one in wanted if one in self.numbers.kpis]
            if shown := [kpi for kpi in found if kpi.has_data]:
                yield group, shown

    def _drawn(self, kpi: Kpi, fmt: Formatter) -> dict[str, Markup]:
        """The chart of a KPI by width, with the values in words for the pointer."""
        colon = texts.text("colon", fmt.language)
        titles = {
            str(period.start): f"{fmt.period(period)}{colon}{fmt.value(kpi, seen)}"
            for period, seen in self._months(kpi)
        }
        drawings = self.drawings.get(kpi.metric_id, {})
        return {width: charts.titled(svg, titles) for width, svg in drawings.items()}

    def _charted(self, kpi: Kpi) -> tuple[dict[int, Factor], int]:
        """The factors marked in the chart of a KPI, and how many older ones are left off."""
        if not (kpi.has_course and (months := self._months(kpi))):
            return {}, 0
        return charted(self.factors, kpi.metric_id, months[0][0].start, months[-1][0].end)

    def _compare(self, kpi: Kpi, grain: str) -> Comparison:
        latest = self.numbers.latest[grain]
        return Comparison(kpi.at(latest), kpi.at(latest.before), kpi.at(latest.year_before))

    def _months(self, kpi: Kpi) -> list[charts.Point]:
        return self._points(kpi, self.numbers.latest["month"], MONTHS_CHARTED)

    def _points(self, kpi: Kpi, last: Period, count: int) -> list[charts.Point]:
        """The last ``count`` complete periods, without those before the first case."""
        cases = (one for one, seen in kpi.periods.items() if seen.has_cases)
        first = min((one.start for one in cases if one.grain == last.grain), default=None)
        periods = [last.moved(-steps) for steps in range(count - 1, -1, -1)]
        return [(period, kpi.at(period)) for period in periods if first and period.start >= first]

    def _page(self, fmt: Formatter, here: str, template: str, **values: Any) -> None:
        language = fmt.language
        root = "/".join([".."] * (here.count("/") + 1))

        def say(key: str, **parts: object) -> str:
            return texts.text(key, language, **parts)

        def counted_here(key: str, count: int, **parts: object) -> str:
            return counted(key, count, language, **parts)

        def say_known(key: str, otherwise: str) -> str:
            return texts.known_text(key, language, otherwise)

        def say_dimension(dimension: str, begins: bool = False) -> str:
            """A dimension's name; a company's own as its mapping labels it."""
            label = self.manifest.get("custom_dimensions", {}).get(dimension)
            if label:
                return label[language] or dimension
            known = say_known(f"dimension_{dimension}", dimension)
            return known[:1].upper() + known[1:] if begins else known

        def word(kpi: Kpi, field: str) -> str:
            """A text of the definition in this language, in English where there is no other."""
            english = kpi.definition.get(f"{field}_en") or kpi.definition.get(field)
            return kpi.definition.get(f"{field}_{language}") or english or ""

        self._write(
            f"{language}/{here}",
            template,
            language=language,
            tag=texts.LANGUAGE_TAGS[language],
            languages=LANGUAGES,
            language_tags=texts.LANGUAGE_TAGS,
            language_names=texts.LANGUAGE_NAMES,
            root=root,
            here=here,
            pages=[
                (f"{page}.html", key)
                for page, key in (
                    ("index", "scorecard"),
                    ("funnel", "funnel"),
                    ("agreement", "agreement"),
                    ("red_flags", "red_flags"),
                    ("campaigns", "campaigns"),
                    ("checks", "checks"),
                    ("data", "data"),
                )
                if {
                    "funnel": self.funnel.is_known,
                    "campaigns": self.campaigns.shown,
                    "agreement": self.agreement.is_shown,
                }.get(page, True)
            ],
            say=say,
            say_known=say_known,
            say_dimension=say_dimension,
            word=word,
            numbers=self.numbers,
            latest=self.numbers.latest,
            created=datetime.fromisoformat(self.manifest["created_at"]),
            fmt=fmt,
            counted=counted_here,
            colon=texts.text("colon", language),
            **values,
        )

    def _write(self, path: str, template: str, **values: Any) -> None:
        page = self.environment.get_template(template).render(manifest=self.manifest, **values)
        target = self.out_dir / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page, encoding="utf-8")
