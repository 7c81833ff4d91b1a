"""Identities of the sheet's §14 on the truth of a whole generated company with every defect."""

from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest

from orchestration.demo.company import Company
from orchestration.demo.settings import DemoSettings
from orchestration.demo.simulation import simulate
from orchestration.demo.truth import METRICS, Truth
from orchestration.demo.truth.ledger import read_deal, read_ledger
from orchestration.demo.truth.stages import COOL_OFF, read_cycles
from orchestration.demo.warts import ALL_WARTS
from tests.demo.sheet import Answers

SETTINGS = DemoSettings(people=4_000, warts=ALL_WARTS)


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """(company, its groups, its truth)."""
    company = Company(SETTINGS)
    groups = list(simulate(company))
    return company, groups, told(company, groups, tmp_path_factory.mktemp("truth"))


def told(company, groups, folder) -> Answers:
    truth = Truth(company, folder)
    for group in groups:
        truth.add(group)
    truth.close()
    return Answers(folder, truth)


@pytest.fixture(scope="module")
def truth(generated) -> Answers:
    return generated[2]


@pytest.fixture(scope="module")
def rows(truth):
    """(metric, grain, start) -> dimension -> {member: row}."""
    found: dict = defaultdict(lambda: defaultdict(dict))
    for row in truth.table("kpi_values"):
        key = row["metric_id"], row["period_grain"], row["period_start_date"]
        found[key][row["dimension"]][row["dimension_value"]] = row
    return found


def number(row, column="value") -> float:
    return float(row[column] or 0)


def of(rows, metric):
    return {key[1:]: found for key, found in rows.items() if key[0] == metric}


@pytest.fixture(scope="module")
def cycles(generated):
    """(person, their cycles) of every countable person."""
    company, groups, _ = generated
    found = []
    for group in groups:
        facts = {d.number: read_deal(company, d) for a in group.accounts for d in a.deals}
        for person in group.people:
            if person.excluded_reason is None and person.cycles:
                found.append((person, read_cycles(person, facts, {})))
    return found


STATES = ("mrr", "arr", "customer_count", "model_spread", "sales_velocity", "pipeline_bridge",
          "opening_set")  # fmt: skip
ADDITIVE = [m for m in METRICS if m.kind == "sum" and m.metric_id not in STATES]


def test_every_metric_has_rows_but_that_of_checked_matches(rows):
    """Nobody at the demo company checks a match."""
    told_of = {key[0] for key in rows}
    assert told_of == {metric.metric_id for metric in METRICS} - {"l2a_precision"}
    assert len({metric.metric_id for metric in METRICS}) == len(METRICS)


def test_the_thirteen_first_metrics_come_first():
    assert [metric.metric_id for metric in METRICS][:13] == [
        "lead_count", "mql_count", "opportunity_count", "new_customer_count",
        "lead_to_customer_rate", "win_rate", "win_rate_amount", "avg_deal_size",
        "median_deal_size", "sales_cycle_days", "mean_sales_cycle_days", "sales_revenue",
        "open_pipeline_amount",
    ]  # fmt: skip


def test_sql_needs_mql_where_marketing_brought_it(cycles):
    """INV-05, INV-04."""
    seen = 0
    for _, found in cycles:
        for steps in found:
            times = [at for _, at in steps.entries() if at is not None]
            assert times == sorted(times)
            if steps.is_marketing and steps.sql_at is not None:
                assert steps.mql_at is not None
                assert steps.mql_at <= steps.sql_at
                seen += 1
    assert seen > 100


def test_handed_off_is_accepted_rejected_or_undecided(cycles, truth):
    """INV-06, INV-42: each hand-off has one fate, and one answer."""
    handed = [steps for _, found in cycles for steps in found if steps.is_handed_off]
    assert len(handed) == truth.value("mql_count") == len(truth.table("handoffs"))
    assert not [s for s in handed if s.sal_at is not None and s.cycle.rejected_at is not None]
    statuses = defaultdict(int)
    for row in truth.table("handoffs"):
        statuses[row["status"]] += 1
    met, due = truth.parts("first_response_sla_rate", "")
    assert met == statuses["met"]
    assert due == statuses["met"] + statuses["breached"] + statuses["unanswered"]
    assert due + statuses["not_due"] + statuses["already_engaged"] == len(handed)
    assert all(statuses[name] for name in ("met", "breached", "unanswered", "already_engaged"))


def test_sqls_add_up_over_origins(rows):
    """INV-07."""
    parts = ["marketing", "sales_sourced", "partner_sourced", "customer_success_sourced"]
    for period, found in of(rows, "sql_count").items():
        names = [f"sql_{part}_count" for part in parts]
        total = sum(number(rows[name, *period]["all"].get("all", {"value": "0"})) for name in names)
        assert total == number(found["all"]["all"])


def test_credited_mqls_are_new_or_recycled_and_ninety_days_apart(rows, cycles):
    """INV-08, and that the cool-off does leave some out."""
    for period, found in of(rows, "mql_count").items():
        new, again = (
            number(rows[f"mql_{kind}_count", *period]["all"].get("all", {"value": "0"}))
            for kind in ("new", "recycled")
        )
        assert new + again == number(found["all"]["all"])
    left_out = 0
    for _, found in cycles:
        credited = [s.mql_at for s in found if s.is_handed_off and s.mql_at is not None]
        left_out += sum(s.is_marketing and s.mql_at is not None and not s.is_counted for s in found)
        for earlier, later in pairwise(credited):
            assert later - earlier >= COOL_OFF
    assert left_out > 0


def test_a_marketing_cohort_only_narrows(truth):
    """INV-12, in every month and leg."""
    cohorts = defaultdict(dict)
    for row in truth.table("funnel"):
        if row["stage"] != "subscriber":
            cohorts[row["month"], row["leg"]][row["stage"]] = int(row["marketing_cohort_reached"])
    assert len(cohorts) > 100
    for found in cohorts.values():
        reached = [found.get(stage, 0) for stage in ("lead", "mql", "sal", "sql", "opportunity")]
        assert reached == sorted(reached, reverse=True)
        assert found.get("customer", 0) <= reached[-1]


def test_every_deal_has_one_outcome(generated):
    """INV-15."""
    _, groups, truth = generated
    counts = {r["name"]: int(r["count"]) for r in truth.table("records") if r["kind"] == "deals"}
    deals = sum(len(account.deals) for group in groups for account in group.accounts)
    assert sum(counts.values()) == deals
    assert set(counts) == {"won", "lost", "open", "excluded"}


def test_the_ledger_holds_what_is_won_now(generated):
    """INV-17, and the reversals of reopened and refunded deals are there."""
    company, groups, _ = generated
    reversals = 0
    for group in groups:
        facts = {d.number: read_deal(company, d) for a in group.accounts for d in a.deals}
        entries = read_ledger(company, group, facts)
        reversals += sum(entry.sign < 0 for entry in entries)
        sums = defaultdict(float)
        for entry in entries:
            sums[entry.facts.deal.number] += entry.amount or 0.0
        for deal_number, found in facts.items():
            held = (found.amount or 0.0) if found.is_standing else 0.0
            assert sums[deal_number] == pytest.approx(held, abs=0.01)
    assert reversals > 5


def test_revenue_adds_up_over_reps_and_teams(rows):
    """INV-18, with what nobody owns; and over order classes (INV-26)."""
    for period, found in of(rows, "sales_revenue").items():
        total = number(found["all"]["all"])
        for dimension in ("owner", "team", "region", "segment", "product", "channel", "order_type"):
            parts = sum(number(row) for row in found[dimension].values())
            assert parts == pytest.approx(total, abs=0.01), (period, dimension)
        classes = rows["revenue_by_order_class", *period]["order_class"]
        assert sum(map(number, classes.values())) == pytest.approx(total, abs=0.01)


def test_retention_is_bounded_and_moves_explain_it(rows, truth):
    """INV-36, INV-38, INV-39, INV-40."""
    periods = of(rows, "grr")
    assert len(periods) > 15
    for period in periods:
        grr, nrr, logo, churn, parent, flow = (
            number(rows[name, *period]["all"]["all"])
            for name in ("grr", "nrr", "logo_retention_rate", "logo_churn_rate", "grr_parent",
                         "grr_flow")
        )  # fmt: skip
        assert 0 <= grr <= min(1, nrr) + 1e-9
        assert logo + churn == pytest.approx(1)
        assert parent >= grr - 1e-9
        assert flow <= grr + 1e-9
    for found in of(rows, "cohort_retention").values():
        assert number(found["months_on"]["00"]) == 1
        assert all(0 <= number(row) <= 1 for row in found["months_on"].values())


def test_recurring_revenue_moves_from_opening_to_closing(truth, rows):
    """INV-37, INV-41: what one month closes with, the next opens with and the KPI shows."""
    months = truth.table("mrr_movements")
    assert len(months) == SETTINGS.months
    before = customers = 0.0
    for row in months:
        gained = number(row, "new") + number(row, "reactivation") + number(row, "expansion")
        lost = number(row, "contraction") + number(row, "churn")
        assert number(row, "opening") == pytest.approx(before, abs=0.01)
        closing = number(row, "opening") + gained - lost
        assert closing == pytest.approx(number(row, "closing"), abs=0.01)
        before = number(row, "closing")
        shown = rows["mrr", "month", row["month"]]["all"].get("all")
        assert number(shown or {"value": "0"}) == pytest.approx(before, abs=0.01)
        came = number(row, "new_customers") + number(row, "reactivated_customers")
        customers += came - number(row, "lost_customers")
        shown = rows["customer_count", "month", row["month"]]["all"].get("all")
        assert number(shown or {"value": "0"}) == customers


def test_marketing_influences_what_it_sources(rows):
    """INV-55."""
    for period, found in of(rows, "sourced_pipeline_share").items():
        whole = found["all"]["all"]
        parts = sum(number(row, "numerator") for row in found["origin"].values())
        assert parts == pytest.approx(number(whole, "denominator"))
        sourced = found["origin"].get("marketing")
        influenced = rows["influenced_pipeline_amount", *period]["all"].get("all")
        if sourced is not None:
            assert influenced is not None
            assert number(influenced) >= number(sourced, "numerator") - 0.01


def test_every_model_reconciles(truth):
    """INV-49, INV-50, INV-53, INV-54."""
    sums = defaultdict(lambda: [0.0, 0.0])
    for row in truth.table("attribution_credits"):
        if row["period_grain"] == "all":
            sums[row["model"]][0] += number(row, "conversions")
            sums[row["model"]][1] += number(row, "revenue")
    untouched, conversions = truth.parts("unattributed_share", "")
    value = truth.truth.attribution.value
    assert untouched > 0
    assert len(sums) == 11
    for model, (credit, revenue) in sums.items():
        if model in ("markov_1", "shapley_sum"):
            assert credit == pytest.approx(conversions - untouched), model
        else:
            assert credit == pytest.approx(conversions), model
            assert revenue == pytest.approx(value), model
    markov = truth.truth.attribution.markov()
    paths = truth.table("attribution_paths")
    won = sum(int(row["conversions"]) for row in paths)
    lost = sum(int(row["non_conversions"]) for row in paths)
    assert won == conversions - untouched
    assert markov.conversion_chance == pytest.approx(won / (won + lost))
    assert all(-1e-9 <= effect <= 1 + 1e-9 for effect in markov.removal_effects.values())
    for row in markov.chances.values():
        assert sum(row.values()) == pytest.approx(1)
    assert all(credit >= 0 for credit in truth.truth.attribution.shapley().values())


@pytest.mark.parametrize("metric", ADDITIVE, ids=lambda metric: metric.metric_id)
def test_months_add_up_to_longer_periods(rows, metric):
    """INV-63."""
    totals: dict = defaultdict(lambda: defaultdict(float))
    for (grain, start), found in of(rows, metric.metric_id).items():
        for dimension, members in found.items():
            for member, row in members.items():
                if grain != "month":
                    totals[grain, start][dimension, member] -= number(row)
                    continue
                on = date.fromisoformat(start)
                quarter = on.replace(month=on.month - (on.month - 1) % 3)
                for period in (
                    ("quarter", quarter.isoformat()), ("year", f"{on.year}-01-01"), ("all", ""),
                ):  # fmt: skip
                    totals[period][dimension, member] += number(row)
    assert totals
    for period, members in totals.items():
        for member, left in members.items():
            assert left == pytest.approx(0, abs=0.01), (period, member)


def test_ratios_are_sum_over_sum_and_inside_their_bounds(rows):
    """INV-67, INV-24 and the hard bounds of §16."""
    unbounded = {
        "conversion_period_ratio", "nps", "nrr", "monthly_nrr_rate", "new_cac_ratio", "revenue_roi",
        "roas", "push_count_avg", "review_avg_rating", "visit_to_lead_rate",
    }  # fmt: skip
    for metric in METRICS:
        for found in of(rows, metric.metric_id).values():
            for members in found.values():
                for row in members.values():
                    if metric.kind == "ratio" and row["value"]:
                        ratio = number(row, "numerator") / number(row, "denominator")
                        assert number(row) == pytest.approx(ratio, abs=1e-6)
                    is_share = metric.metric_id.endswith(("_rate", "_share", "_coverage"))
                    if is_share and metric.metric_id not in unbounded:
                        assert -1e-9 <= number(row) <= 1 + 1e-9, (metric.metric_id, row)
                    if metric.kind == "median":
                        assert number(row) >= 0


def test_defects_of_files_alone_change_nothing(generated, tmp_path):
    """The same settings give the same bytes, and a truth knows nothing of how files look."""
    _, groups, truth = generated
    company = Company(
        DemoSettings(people=SETTINGS.people, warts=ALL_WARTS - {"duplicates", "utf16", "merges"})
    )
    again = told(company, simulate(company), tmp_path)
    for path in sorted(truth.folder.iterdir()):
        assert path.read_bytes() == (again.folder / path.name).read_bytes(), path.name
    assert sum(len(group.people) for group in groups) == SETTINGS.people


def test_the_story_names_the_planned_answers(truth):
    from orchestration.demo.plan import WASTEFUL_CAMPAIGN

    answers = {
        row["question"]: row["subject"]
        for row in truth.table("story")
        if row["is_answer"] == "true"
    }
    assert answers == {
        "which campaign wastes money": WASTEFUL_CAMPAIGN,
        "which team answers slowest": "Southern Europe",
        "what changed when": "mql_threshold",
    }
