"""The sheet's worked examples as hand-written event logs, through the demo company's truth.

Numbers and expected values are the sheet's. "wrong" cases are the errors it names: the truth must
give something else.
"""

import pytest

from orchestration.demo.truth.costs import Cost
from tests.demo.sheet import R1, R2, R3, Log, day, tell

MAY, JUNE, JULY = "2025-05", "2025-06", "2025-07"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """T-01 to T-09 and the lines of T-34 that use their tables."""
    log = Log()
    acme, beta, zeta, eta = (log.account(name) for name in ("acme", "beta", "zeta", "eta"))
    p01 = log.person("2025-05-02 15:00", acme, "paid_search")
    p02 = log.person("2025-05-05 14:00", acme, "organic_search")
    p03 = log.person("2025-05-10 13:00", beta, "paid_social")
    log.person("2025-05-20 13:00", None, "paid_social", reason="merged_away")
    p05 = log.person("2025-06-01 02:30", None, "organic_search")
    for created, reason in (
        ("2025-05-15", "internal"),
        ("2025-05-18", "test"),
        ("2025-05-25", "spam"),
    ):
        log.cycle(log.person(f"{created} 12:00", None, "direct", reason=reason))
    p08 = log.person("2025-05-22 12:00", None, "event")
    p09 = log.person("2025-06-03 12:00", None, "paid_search")
    p11 = log.person("2025-05-28 16:00", zeta, "outbound", "sales", R2)
    p12 = log.person("2025-01-10 12:00", eta, "organic_search")

    won, lost = "Won", "Lost"
    o1 = log.deal(acme, "2025-05-15", [("2025-06-20", won)], 12000, R1, person=p01)
    o2 = log.deal(beta, "2025-06-02", [("2025-06-10", "Proposal")], 20000, R1, person=p03,
                  currency="EUR")  # fmt: skip
    o3 = log.deal(zeta, "2025-06-02", [("2025-06-28", won)], 8000, R2, person=p11,
                  splits=[(R2, 0.6, "revenue"), (R1, 0.4, "revenue"),
                          (R1, 0.25, "overlay")])  # fmt: skip
    o4 = log.deal(eta, "2025-06-16", [("2025-07-10", lost)], 10000, R2, person=p12,
                  lost_reason="price")  # fmt: skip
    log.deal(log.account("theta"), "2025-03-10",
             [("2025-06-05", won), ("2025-06-12", "Negotiation"), ("2025-06-30", lost)],
             5000, R2)  # fmt: skip
    log.deal(log.account("iota"), "2025-04-01",
             [("2025-05-20", lost), ("2025-06-01", "Negotiation"), ("2025-06-25", won)],
             6000, R3)  # fmt: skip
    log.deal(log.account("kappa"), "2025-06-10", [("2025-06-11", "Duplicate")], 9000, R3,
             excluded_reason="duplicate")  # fmt: skip
    log.deal(log.account("lambda"), "2025-06-18",
             [("2025-06-20", "Proposal"), ("2025-06-25", "Qualified")], 15000, None)  # fmt: skip
    log.deal(acme, "2025-06-01", [("2025-06-27", won)], 4000, R1, "expansion")
    log.deal(log.account("mu"), "2025-05-01", [("2025-06-15", won)], 0, R3)

    log.cycle(p01, mql="2025-05-06", sal="2025-05-07", sql="2025-05-12", deal=o1)
    log.cycle(
        p02, mql="2025-05-20", rejected="2025-05-23", reason="no_budget", recycled="2025-05-23"
    )
    log.cycle(p02, mql="2025-06-10")
    log.cycle(p03, mql="2025-05-22", sal="2025-05-22", sql="2025-05-30", deal=o2)
    log.cycle(p05, mql="2025-06-04")
    log.cycle(p08, mql="2025-05-26", rejected="2025-05-27", reason="student_or_jobseeker",
              disqualified="2025-05-27")  # fmt: skip
    log.cycle(p09)
    log.cycle(p11, sql="2025-06-02", deal=o3)
    log.cycle(
        p12, mql="2025-01-15", rejected="2025-01-30", reason="no_timing", recycled="2025-01-30"
    )
    log.cycle(p12, mql="2025-06-05", sal="2025-06-06", sql="2025-06-12", deal=o4)
    costs = [
        Cost(day("2025-05-20"), channel, "c", kind, "r", amount)
        for channel, kind, amount in (
            ("paid_search", "media", 2000), ("organic_search", "content", 500),
            ("paid_social", "media", 1500), ("event", "event", 800),
            ("__unallocated__", "tools", 200), ("__unallocated__", "sales_people", 20000),
        )
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        return tell(log, tmp_path_factory.mktemp("book"), patch, costs)


CASES = [
    ("T-02.1", ("lead_count", MAY), 6),
    ("T-02.2", ("lead_count", JUNE), 1),
    ("T-02.3", ("lead_count", MAY, "origin", "marketing"), 5),
    ("T-03.1", ("mql_count", MAY), 4),
    ("T-03.2", ("mql_count", JUNE), 2),
    ("T-03.3", ("mql_new_count", JUNE), 1),
    ("T-03.4", ("mql_recycled_count", JUNE), 1),
    ("T-03.6", ("sql_count", MAY), 2),
    ("T-03.7", ("sql_count", JUNE), 2),
    ("T-03.8", ("sql_marketing_count", JUNE), 1),
    ("T-03.9", ("sql_sales_sourced_count", JUNE), 1),
    ("T-04.1", ("mql_to_sql_rate", MAY), 0.5),
    ("T-04.2", ("mql_to_sql_rate", JUNE), 0.5),
    ("T-04.4", ("conversion_period_ratio", JUNE), 0.5),
    ("T-05.4", ("mql_acceptance_rate", MAY), 0.5),
    ("T-05.5", ("mql_acceptance_rate_decided", MAY), 0.5),
    ("T-05.9", ("mql_acceptance_rate", JUNE), 0.5),
    ("T-07.6", ("win_rate", JUNE), 5 / 6),
    ("T-07.7", ("win_rate", JUNE, "order_type", "new"), 0.8),
    ("T-07.8", ("win_rate_amount", JUNE), 30 / 35),
    ("T-07.9", ("avg_deal_size", JUNE), 7500),
    ("T-07.10", ("median_deal_size", JUNE), 7000),
    ("T-07.12", ("sales_cycle_days", JUNE), 36),
    ("T-07.13", ("mean_sales_cycle_days", JUNE), 43.6),
    ("T-08.1", ("sales_revenue", JUNE), 30000),
    ("T-08.2", ("sales_revenue", JUNE, "owner", "crm:r1"), 19200),
    ("T-08.3", ("sales_revenue", JUNE, "owner", "crm:r2"), 4800),
    ("T-08.4", ("sales_revenue", JUNE, "owner", "crm:r3"), 6000),
    ("T-08.5", ("sales_revenue", JUNE, "team", "East"), 24000),
    ("T-08.6", ("sales_revenue", JUNE, "team", "West"), 6000),
    ("T-08.10", ("open_pipeline_amount", JULY), 37000),
    ("T-08.11", ("open_pipeline_amount", JULY, "owner", "crm:r1"), 22000),
    ("T-08.12", ("open_pipeline_amount", JULY, "owner", "__unassigned__"), 15000),
    ("T-09.1", ("new_revenue_share", JUNE), 26 / 30),
    ("T-09.2", ("existing_revenue_share", JUNE), 4 / 30),
    ("T-10.1", ("cpl", MAY), 1000),
    ("T-10.2", ("cpl_paid", MAY), 1750),
    ("T-10.3", ("cpl", MAY, "channel", "organic_search"), 250),
    ("T-10.5", ("cpl", MAY, "channel", "__unallocated__"), None),
    ("T-30.1", ("open_pipeline_amount", JULY, "channel", "paid_social"), 22000),
    ("T-32.3", ("lead_count", MAY, "channel", "organic_search"), 2),
    ("T-34.3", ("sales_conversion_rate", MAY), 0.5),
    ("T-34.4", ("lead_to_customer_rate", MAY), 2 / 6),
    ("T-34.5", ("sal_to_sql_rate", MAY), 1),
    ("T-34.6", ("sql_to_opp_rate",), 1),
    ("T-34.9", ("reentry_rate",), 0.5),
    ("T-34.10", ("regression_rate",), 1 / 9),
    ("T-34.12", ("time_to_purchase_days", JUNE), 40),
    ("T-34.13", ("pipeline_created_amount", JUNE), 59000),
    ("T-34.20", ("cost_per_mql", MAY), 1250),
    ("T-34.21", ("cost_per_sql", MAY), 2500),
    ("T-34.26", ("rejection_mix", MAY, "reason", "no_budget"), 0.5),
    ("T-34.40", ("opportunity_count", JUNE), 5),
    ("T-34.41", ("new_customer_count", JUNE), 4),
    ("T-34.42", ("disqualified_count", MAY), 1),
    ("T-34.43", ("recycled_count", MAY), 1),
    ("T-34.44", ("rejected_count", MAY), 2),
    ("T-34.45", ("sal_count", MAY), 2),
]
WRONG = [
    ("T-02.4, by UTC date", ("lead_count", MAY), 5),
    ("T-03.5, status entries", ("mql_count", JUNE), 3),
    ("T-04.3, all SQL in the numerator", ("mql_to_sql_rate", JUNE), 1),
    ("T-05.10, decided only", ("mql_acceptance_rate", JUNE), 1),
    ("T-07.11, with the zero-amount deal", ("avg_deal_size", JUNE), 6000),
    ("T-08.7, by today's team", ("sales_revenue", JUNE, "team", "East"), 19200),
    ("T-10.4, without unallocated cost", ("cpl", MAY), 960),
    ("T-25.8, overlay in the total", ("sales_revenue", JUNE), 32000),
]


@pytest.mark.parametrize(("number", "asked", "expected"), CASES, ids=[case[0] for case in CASES])
def test_worked_example(book, number, asked, expected):
    assert book.value(*asked) == pytest.approx(expected, abs=1e-6), number


@pytest.mark.parametrize(("number", "asked", "wrong"), WRONG, ids=[case[0] for case in WRONG])
def test_a_typical_error_is_not_made(book, number, asked, wrong):
    assert book.row(*asked) is not None
    assert book.value(*asked) != pytest.approx(wrong), number


def test_records_and_outcomes_are_counted_with_those_left_out(book):
    counts = {(row["kind"], row["name"]): int(row["count"]) for row in book.table("records")}
    assert counts["people", "raw"] == 12
    assert counts["people", "countable"] == 8
    for reason in ("merged_away", "test", "internal", "spam"):
        assert counts["excluded_people", reason] == 1
    outcomes = {name: count for (kind, name), count in counts.items() if kind == "deals"}
    assert outcomes == {"won": 5, "lost": 2, "open": 2, "excluded": 1}


def test_rates_over_several_months_add_numerators_and_denominators(book):
    spring = ("2025-04", MAY, JUNE)
    # T-07.14, T-07.15, T-34.2
    assert book.parts("win_rate_cohort", *spring) == (5, 8)
    assert book.parts("win_rate_cohort_decided", *spring) == (5, 6)
    assert book.parts("lead_to_mql_rate", MAY, JUNE) == (5, 6)


def test_a_cohort_too_young_to_judge_has_no_leakage(book):
    # T-04.5, T-04.6
    assert book.row("stage_leakage_rate", JUNE) is None
    assert book.parts("stage_leakage_rate", MAY) == (2, 4)


@pytest.mark.parametrize(("number", "seconds", "expected"), [("T-04.7", 0, 1), ("T-04.8", 1, 0)])
def test_the_window_holds_its_last_second(tmp_path, monkeypatch, number, seconds, expected):
    log = Log()
    person = log.person("2025-05-01 12:00")
    cycle = log.cycle(person, mql="2025-05-02 12:00", sal="2025-05-03 12:00")
    assert cycle.mql_at is not None
    cycle.sql_at = cycle.mql_at + 30 * 86_400 + seconds
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("mql_to_sql_rate", MAY) == expected, number


def test_leaving_a_stage(tmp_path, monkeypatch):
    """T-06.7, T-06.8, T-34.7, T-34.8: 4 SQL, 3 disqualified, 2 recycled, 1 on day 31."""
    log, mql_at = Log(), "2025-05-01 12:00"
    for sql in ("2025-05-06", "2025-05-10", "2025-05-21", "2025-05-04", "2025-06-01"):
        log.cycle(log.person("2025-05-01 11:00"), mql=mql_at, sal="2025-05-02 12:00",
                  sql=f"{sql} 12:00")  # fmt: skip
    for left in ("disqualified", "disqualified", "disqualified", "recycled", "recycled"):
        cycle = log.cycle(log.person("2025-05-01 11:00"), mql=mql_at, **{left: "2025-05-20 12:00"})
        cycle.reject_reason = "no_budget" if left == "recycled" else None
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("stage_leakage_rate", MAY, "reason", "no_budget") == 0.2
    assert found.value("stage_leakage_rate", MAY, "reason", "__missing__") == 0.3
    assert found.value("mql_to_sql_rate", MAY) == 0.4
    assert found.value("stage_leakage_rate", MAY) == 0.5
    assert found.value("stage_stall_rate", MAY) == 0.1


def test_an_imputed_stage_has_no_duration(tmp_path, monkeypatch):
    """T-06.8, T-06.9, T-34.35: durations 5, 9, 20 and an imputed 0 that is left out."""
    log = Log()
    for sql in ("2025-05-06", "2025-05-10", "2025-05-21"):
        log.cycle(log.person("2025-05-01 11:00"), mql="2025-05-01 12:00", sal="2025-05-02",
                  sql=f"{sql} 12:00")  # fmt: skip
    log.cycle(log.person("2025-05-01 11:00"), sql="2025-05-06 12:00")
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("stage_velocity_days", MAY) == 9
    assert found.value("sal_count", MAY) == 4
    assert found.parts("untimed_stage_rate", MAY) == (2, 16)


def test_order_classes_of_a_second_book(tmp_path, monkeypatch):
    """T-09.3 to T-09.5: renewals stay out of the base, a sister's first order is not new."""
    log = Log()
    top = log.account("top")
    sister = log.account("sister", parent=top)
    for account, won, amount, kind in (
        (top, "2025-05-10", 20000, "new"), (sister, "2025-05-12", 5000, "new"),
        (top, "2025-05-14", 15000, "expansion"), (top, "2025-05-16", 60000, "renewal"),
    ):  # fmt: skip
        log.deal(account, "2025-05-01", [(won, "Won")], amount, order_type=kind)
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("new_revenue_share", MAY) == 0.5
    assert found.value("new_revenue_share_marketing", MAY) == 0.625
    assert found.value("new_revenue_share", MAY) != 0.2
    assert found.value("revenue_by_order_class", MAY, "order_class", "renewal") == 60000
    assert found.value("win_rate", MAY) == 1
    assert found.parts("win_rate", MAY) == (3, 3)
    assert found.value("opportunity_count", MAY) == 3
    # D7: a subsidiary of a customer is connected, not new.
    assert found.value("new_customer_count", MAY) == 1


@pytest.mark.parametrize(
    ("lapsed_from", "expected"), [("2024-05-31", "winback"), ("2024-06-02", "expansion")]
)
def test_a_return_is_a_winback_after_a_year(tmp_path, monkeypatch, lapsed_from, expected):
    from orchestration.demo.world import MrrChange

    log = Log()
    account = log.account("back")
    log.deal(account, "2024-01-01", [("2024-02-01", "Won")], 1000)
    log.deal(account, "2025-05-01", [("2025-05-31", "Won")], 2000)
    account.mrr = [MrrChange(day("2024-02-01"), 80, "new"), MrrChange(day(lapsed_from), 0, "churn")]
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("revenue_by_order_class", MAY, "order_class", expected) == 2000
    assert found.value("new_customer_count") == 1


def test_a_refund_inside_thirty_days_takes_the_customer_back(tmp_path, monkeypatch):
    """T-30.2, T-30.7, T-30.8: bookings in the month of the refund fall, the win stays a win."""
    from orchestration.demo.world import Refund

    log = Log()
    deal = log.deal(log.account("nu", "EUR"), "2025-05-01", [("2025-07-02", "Won")], 20000,
                    currency="EUR")  # fmt: skip
    soon = log.deal(log.account("xi"), "2025-05-01", [("2025-06-10", "Won")], 1000)
    soon.refund = Refund(day("2025-07-02"), 1000)
    late = log.deal(log.account("omicron"), "2025-04-01", [("2025-05-10", "Won")], 500)
    late.refund = Refund(day("2025-06-10"), 500)
    found = tell(log, tmp_path, monkeypatch)
    assert deal.outcome == "won"
    assert found.value("new_customer_count", JUNE) == 1
    assert found.value("new_customer_count", JULY) == 1 - 1
    assert found.value("new_customer_count", MAY) == 1
    assert found.value("sales_revenue", JULY) == 21600 - 1000
    assert found.value("win_rate", JUNE) == 1


def test_an_unknown_amount_is_not_zero(tmp_path, monkeypatch):
    log = Log()
    log.deal(log.account("pi"), "2025-05-01", [("2025-05-20", "Won")], None)
    log.deal(log.account("rho"), "2025-06-01", [], None)
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("sales_revenue", MAY) is None
    assert found.value("open_pipeline_amount", JULY) is None
    assert found.value("win_rate_amount", MAY) is None
    assert found.row("avg_deal_size", MAY) is None
    assert found.value("win_rate", MAY) == 1
