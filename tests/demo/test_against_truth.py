"""Every KPI of the marts equals the demo company's own truth, cell by cell.

The truth is counted from the event log by code that knows neither the exports nor the models. The
chain under test reads what four CRMs and a dozen other systems write, with every planted defect.
A difference here means that a number on the pages is wrong.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration import pipeline
from orchestration.demo import DemoSettings, write_demo
from orchestration.demo.truth import METRICS
from orchestration.demo.warts import ALL_WARTS, WARTS
from orchestration.settings import Settings

DIFFERENCES = """
with

slices as (

    select metric_id, unnest(string_split('all, ' || dimensions, ', ')) as dimension
    from marts.metric_definitions

),

truth as (

    select
        * replace (coalesce(period_start_date, '') as period_start_date)
    from read_csv(
        $truth, header = true, all_varchar = false, types = {
            'period_start_date': 'varchar', 'dimension_value': 'varchar',
            'numerator': 'double', 'denominator': 'double', 'value': 'double',
            'p90_value': 'double'
        }
    )
    -- The truth knows more KPIs and slices than the registry has so far.
    semi join slices using (metric_id, dimension)

),

published as (

    select
        kpi_values.* replace (
            case when period_grain = 'all' then ''
            else strftime(period_start_date, '%Y-%m-%d') end as period_start_date
        ),
        kind
    from marts.kpi_values
    inner join marts.metric_definitions using (metric_id)
    -- The truth counts by month; the gate holds the other periods against months.
    where period_grain in ('month', 'quarter', 'year', 'all')

),

cells as (

    select
        metric_id, period_grain, period_start_date, dimension, dimension_value,
        published.numerator as numerator, truth.numerator as true_numerator,
        published.denominator as denominator, truth.denominator as true_denominator,
        published.value as value, truth.value as true_value,
        published.p90_value as p90_value, truth.p90_value as true_p90_value,
        truth.metric_id is null as is_unknown_to_truth,
        published.metric_id is null as is_unpublished,
        coalesce(published.kind, '') as kind
    from published
    full outer join truth using (
        metric_id, period_grain, period_start_date, dimension, dimension_value
    )

)

select * from cells
where
    case
        -- Nothing happened here, says the truth.
        when is_unknown_to_truth
            then abs(coalesce(value, 0)) > 1e-6 or coalesce(denominator, 0) <> 0
        when is_unpublished
            then abs(coalesce(true_value, 0)) > 1e-6 or coalesce(true_denominator, 0) <> 0
        else
            (value is null) <> (true_value is null)
            or abs(value - true_value) > greatest(1e-6, 1e-9 * abs(true_value))
            or (p90_value is null) <> (true_p90_value is null)
            or abs(p90_value - true_p90_value) > greatest(1e-6, 1e-9 * abs(true_p90_value))
            or (
                kind <> 'median'
                and (
                    abs(coalesce(numerator, 0) - coalesce(true_numerator, 0))
                    > greatest(1e-6, 1e-9 * abs(true_numerator))
                    or abs(coalesce(denominator, 0) - coalesce(true_denominator, 0))
                    > greatest(1e-6, 1e-9 * abs(true_denominator))
                )
            )
    end
order by all
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all companies, so that dbt parses the project once."""
    return tmp_path_factory.mktemp("home")


def built(home: Path, folder: Path, demo: DemoSettings) -> duckdb.DuckDBPyConnection:
    """The marts of a demo company, as the chain builds them from its exports."""
    write_demo(demo, folder)
    settings = Settings.load({}, home=home, exports=folder / "exports")
    # All are called the same: the stages that the last one was seen in are none of this one's.
    settings.warehouse.unlink(missing_ok=True)
    report = pipeline.load(settings, "test-run")
    assert report.unmapped == ()
    pipeline.build(settings).raise_for_status()
    return duckdb.connect(str(settings.warehouse), read_only=True)


def assert_equals_truth(marts: duckdb.DuckDBPyConnection, folder: Path) -> None:
    truth = str(folder / "truth" / "kpi_values.csv")
    # Of what never happens in the demo, such as a checked match, the truth has no rows, and the
    # comparison demands that nothing is published.
    published = marts.execute("select metric_id from marts.metric_definitions").fetchall()
    unknown = {metric_id for (metric_id,) in published} - {metric.metric_id for metric in METRICS}
    assert unknown == set(), "the truth says nothing of these KPIs"
    found = marts.execute(DIFFERENCES, {"truth": truth})
    names = [column[0] for column in found.description or []]
    rows = found.fetchall()
    first = "\n".join(str(dict(zip(names, row, strict=True))) for row in rows[:10])
    assert not rows, f"{len(rows)} cells differ, the first:\n{first}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_kpi_equals_the_truth(home: Path, tmp_path: Path, seed: int):
    with built(home, tmp_path / "demo", DemoSettings(1_500, 30, seed)) as marts:
        assert_equals_truth(marts, tmp_path / "demo")


SOME = [[*WARTS][first : first + 6] for first in range(0, len(WARTS), 6)]


@pytest.mark.parametrize("warts", SOME, ids=["-".join(some) for some in SOME])
def test_every_kpi_equals_the_truth_with_some_defects(home: Path, tmp_path: Path, warts: list[str]):
    """Six of them at a time: each by itself would cost the suite minutes and find no more."""
    demo = DemoSettings(500, 24, 11, frozenset(warts))
    with built(home, tmp_path / "demo", demo) as marts:
        assert_equals_truth(marts, tmp_path / "demo")


def test_the_comparison_sees_a_wrong_number(home: Path, tmp_path: Path):
    """Without this, an empty truth or a join on nothing would look like agreement."""
    folder = tmp_path / "demo"
    with built(home, folder, DemoSettings(500, 24, 11, frozenset())) as marts:
        assert_equals_truth(marts, folder)
        path = folder / "truth" / "kpi_values.csv"
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        index = next(i for i, row in enumerate(rows) if row.startswith("win_rate,month,"))
        wrong = [*rows[:index], *rows[index + 1 :]]
        path.write_text("\n".join([header, *wrong]), encoding="utf-8")
        with pytest.raises(AssertionError, match=r"1 cells differ"):
            assert_equals_truth(marts, folder)


def test_the_defects_are_all_planted(tmp_path: Path):
    about = write_demo(DemoSettings(1_500, 30, 1), tmp_path / "demo")
    assert set(about["planted"]) == ALL_WARTS
    assert all(about["planted"].values())
