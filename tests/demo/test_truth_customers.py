"""Worked examples of response, retention, web, feedback, pipeline: T-12 to T-16, T-22 to T-28."""

import pytest

from orchestration.demo.traffic import WebDay
from orchestration.demo.truth.fit import icp_tier
from orchestration.demo.world import Invoice, MrrChange, Response
from tests.demo.sheet import Log, day, new_york, tell

MAY, JUNE, JULY = "2025-05", "2025-06", "2025-07"

HANDOFFS = {
    # hand-off and first human attempt in New York, business minutes, status
    "h1": ("2025-07-01 10:00", "2025-07-01 13:30", 210, "met"),
    "h2": ("2025-07-03 16:00", "2025-07-07 11:00", 180, "met"),
    "h3": ("2025-07-05 12:00", "2025-07-06 09:00", 0, "met"),
    "h4": ("2025-07-07 09:00", "2025-07-07 13:00", 240, "met"),
    "h5": ("2025-07-07 09:00", "2025-07-07 13:01", 241, "breached"),
    "h6": ("2025-07-08 15:00", "2025-07-09 10:30", 210, "met"),
    "h7": ("2025-07-10 10:00", None, None, "unanswered"),
    "h8": ("2025-07-14 16:30", None, None, "not_due"),
    "h9": ("2025-07-08 11:00", "2025-07-07 15:00", None, "already_engaged"),
    "h10": ("2025-07-11 09:30", "2025-07-11 12:00", 150, "met"),
}


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """T-14."""
    log = Log()
    for name, (handed, attempt, _, _) in HANDOFFS.items():
        person = log.person("2025-06-20", channel=name)
        if name == "h10":
            person.owner = None
        cycle = log.cycle(person)
        cycle.mql_at = new_york(handed)
        if name == "h1":
            cycle.assigned_at = new_york("2025-07-01 10:20")
        if name == "h6":
            log.act(cycle, "2025-07-08 15:01", "email", is_automated=True)
            log.act(cycle, "2025-07-08 15:02", "task")
        if attempt is not None:
            log.act(cycle, attempt)
    with pytest.MonkeyPatch.context() as patch:
        return tell(log, tmp_path_factory.mktemp("answered"), patch)


@pytest.mark.parametrize("name", HANDOFFS)
def test_business_minutes_and_status_of_each_hand_off(answered, name):
    rows = answered.table("handoffs")
    index = list(HANDOFFS).index(name)
    _, _, minutes, status = HANDOFFS[name]
    assert rows[index]["status"] == status
    assert rows[index]["business_minutes"] == ("" if minutes is None else str(minutes))


def test_first_response(answered):
    assert answered.parts("first_response_sla_rate", JULY) == (6, 8)
    assert answered.value("first_response_sla_rate", JULY) == 0.75
    assert answered.value("first_response_minutes", JULY) == 210
    assert answered.value("mean_first_response_minutes", JULY) == pytest.approx(175.857143)
    assert answered.value("response_coverage", JULY) == 0.875
    assert answered.value("first_response_sla_rate", JULY) != pytest.approx(0.857143)
    # T-14.15: routing + rep = total
    assert answered.value("routing_delay_minutes", JULY, "channel", "h1") == 20
    assert answered.value("rep_delay_minutes", JULY, "channel", "h1") == 190
    assert answered.value("first_response_sla_rate", JULY, "owner", "__unassigned__") == 1


def test_follow_up_and_contact(tmp_path, monkeypatch):
    """T-15.1, T-34.34: five tries; contact at the third; three tries, closed; two, still open."""
    log = Log()
    for handed, tries, contact in (
        ("2025-06-02", 5, False), ("2025-06-02", 3, True), ("2025-06-02", 3, False),
        ("2025-07-10", 2, False),
    ):  # fmt: skip
        cycle = log.cycle(log.person("2025-05-20"), mql=f"{handed} 14:00")
        assert cycle.mql_at is not None
        for number in range(tries):
            minutes = 30 * (number + 1)
            log.act(cycle, cycle.mql_at + minutes * 60, is_connected=contact and number == 2)
    found = tell(log, tmp_path, monkeypatch)
    assert found.parts("followup_compliance_rate", JUNE, JULY) == (2, 3)
    assert found.value("time_to_contact_minutes", JUNE) == 90


def test_decisions_have_two_business_days(tmp_path, monkeypatch):
    """T-34.25, T-05.9: three in time, one undecided; the overdue one counts against acceptance."""
    log, mql_at = Log(), "2025-06-02 14:00"
    log.cycle(log.person("2025-05-20"), mql=mql_at, sal="2025-06-03 14:00")
    log.cycle(log.person("2025-05-20"), mql=mql_at, sal="2025-06-04 14:00")
    log.cycle(log.person("2025-05-20"), mql=mql_at, rejected="2025-06-04 13:00", reason="no_need")
    log.cycle(log.person("2025-05-20"), mql=mql_at)
    log.cycle(log.person("2025-05-20"), mql=mql_at, rejected="2025-06-09 14:00", reason="bad_data")
    found = tell(log, tmp_path, monkeypatch)
    assert found.parts("decision_timeliness_rate", JUNE) == (3, 5)
    assert found.parts("mql_acceptance_rate", JUNE) == (2, 4)


BOOK = {
    # recurring revenue twelve months ago, changes since
    "A": (100, [("2025-01-01", 130)]),
    "B": (200, [("2025-02-01", 150)]),
    "C": (50, [("2025-03-01", 0)]),
    "D": (80, []),
    "E": (0, [("2025-04-01", 60)]),
    "F": (70, [("2025-01-01", 0), ("2025-06-01", 70)]),
}


@pytest.fixture(scope="module")
def retained(tmp_path_factory):
    """T-12, with A above B."""
    log = Log()
    for name, (before, changes) in BOOK.items():
        account = log.account(name, parent=log.account("A") if name == "B" else None)
        if before:
            account.mrr.append(MrrChange(day("2024-06-01"), before, "new"))
        account.mrr += [MrrChange(day(at), mrr, "") for at, mrr in changes]
        log.deal(account, "2024-05-01", [("2024-05-20", "Won")], 1)
    with pytest.MonkeyPatch.context() as patch:
        return tell(log, tmp_path_factory.mktemp("retained"), patch)


@pytest.mark.parametrize(
    ("number", "metric", "expected"),
    [
        ("T-12.1", "nrr", 0.86), ("T-12.2", "grr", 0.8), ("T-12.3", "logo_retention_rate", 0.8),
        ("T-12.4", "grr_flow", 0.66), ("T-12.6", "grr_parent", 0.86),
        ("T-34.24", "logo_churn_rate", 0.2), ("T-34.32", "arr", 5880),
    ],
)  # fmt: skip
def test_retention(retained, number, metric, expected):
    assert retained.value(metric, JUNE) == pytest.approx(expected), number
    assert retained.value(metric, "2025-Q2") == pytest.approx(expected), number


def test_a_customer_new_since_then_is_left_out(retained):
    assert retained.value("nrr", JUNE) != pytest.approx(0.98)
    assert retained.row("nrr", "2025-05") is None


def test_movements_close(retained):
    """T-34.33: 500 + 60 new + 70 back + 30 - 50 - 120 = 490."""
    rows = {row["month"]: row for row in retained.table("mrr_movements")}
    year = [row for month, row in rows.items() if month > "2024-06-01"]
    sums = {
        name: sum(float(row[name]) for row in year)
        for name in ("new", "reactivation", "expansion", "contraction", "churn")
    }
    assert sums == {"new": 60, "reactivation": 70, "expansion": 30, "contraction": 50, "churn": 120}
    assert float(year[0]["opening"]) == 500
    assert float(year[-1]["closing"]) == 490


def test_recurring_revenue_is_compared_in_constant_currency(tmp_path, monkeypatch):
    """T-12.8, T-12.9: a flat price in EUR is no loss when the rate falls."""
    log = Log()
    account = log.account("flat", "EUR")
    account.mrr = [MrrChange(day("2024-06-01"), 100, "new")]
    log.deal(account, "2024-05-01", [("2024-05-20", "Won")], 1200, currency="EUR")
    monkeypatch.setattr(
        "tests.demo.sheet.SheetCompany.rate",
        lambda company, currency, on: 1.2 if on < day("2025-01-01") else 1.0,
    )
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("nrr", JUNE) == 1
    assert found.value("mrr", JUNE) == pytest.approx(120)


def test_a_cohort_may_come_back(tmp_path, monkeypatch):
    """T-13.4 to T-13.6: x active at 0, 1, 2; y at 0 and 2; z at 0."""
    log = Log()
    for name, changes in {
        "x": [("04", 1)], "y": [("04", 1), ("05", 0), ("06", 1)], "z": [("04", 1), ("05", 0)],
    }.items():  # fmt: skip
        account = log.account(name)
        account.mrr = [MrrChange(day(f"2025-{month}-01"), mrr, "") for month, mrr in changes]
        log.deal(account, "2025-03-01", [("2025-03-20", "Won")], 1)
    found = tell(log, tmp_path, monkeypatch)
    seen = [found.value("cohort_retention", "2025-04", "months_on", f"0{k}") for k in range(3)]
    assert seen == [1, pytest.approx(1 / 3), pytest.approx(2 / 3)]


def test_net_revenue_is_booked_when_it_is_posted(tmp_path, monkeypatch):
    """T-30.3 to T-30.5, T-30.9."""
    log = Log()
    account = log.account("billed")
    deal = log.deal(account, "2025-05-01", [("2025-06-08", "Won")], 1000)
    account.invoices = [
        Invoice(1, "invoice", day("2025-06-10"), "USD", 1000, deal),
        Invoice(2, "credit_note", day("2025-07-02"), "USD", 400, deal, 1),
    ]
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("net_revenue", JUNE) == 1000
    assert found.value("net_revenue", JULY) == -400
    assert found.value("net_revenue") == 600
    assert found.value("sales_revenue") == 1000


def test_web(tmp_path, monkeypatch):
    """T-16: six sessions, four users."""
    sessions = [
        # group, engaged, engagement s, single interaction, duration s, users
        ("Organic Search", 1, 5, 0, 30, 1), ("Direct", 1, 12, 1, 40, 1),
        ("Paid Search", 0, 4, 1, 4, 1), ("Organic Search", 1, 3, 0, 3, 0),
        ("Unassigned", 0, 10, 1, 10, 0), ("Organic Social", 1, 60, 0, 300, 1),
    ]  # fmt: skip
    visits = [
        WebDay(day("2025-06-10"), group, 1, engaged, seconds, duration, users, 1, 0, single, 0)
        for group, engaged, seconds, single, duration, users in sessions
    ]
    found = tell(Log(), tmp_path, monkeypatch, visits=visits)
    for metric, expected in {
        "engagement_rate": 4 / 6, "bounce_rate": 2 / 6, "bounce_rate_ua_legacy": 0.5,
        "avg_engagement_time_session_s": 94 / 6, "avg_engagement_time_user_s": 23.5,
        "avg_session_duration_s": 64.5, "organic_share": 2 / 6, "organic_share_non_direct": 0.4,
        "organic_share_all_groups": 0.5,
    }.items():  # fmt: skip
        assert found.value(metric, JUNE) == pytest.approx(expected), metric
    assert found.row("bounce_rate", MAY) is None


def test_feedback(tmp_path, monkeypatch):
    """T-27, T-34.28: blanks are no responses, a 3 is not satisfied."""
    log = Log()
    account = log.account("heard")

    def ask(kind, scores):
        for score in scores:
            person = log.person("2025-01-01", account)
            account.responses.append(Response(
                log.number(), kind, "w", day("2025-06-01"), day("2025-06-05"), score, person,
                account, "",
            ))  # fmt: skip

    ask("nps", [10, 9, 9, 8, 7, 6, 0, None])
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("nps", JUNE) == pytest.approx(14.285714)
    assert found.value("nps", JUNE) != pytest.approx(12.5)
    assert found.value("survey_response_rate", JUNE) == 0.875
    account.responses.clear()
    ask("csat", [5, 4, 3, 2, None])
    ask("review", [5, 4, 3])
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("csat_rate", JUNE) == 0.5
    assert found.value("review_avg_rating", JUNE) == 4
    assert found.row("nps", JUNE) is None


@pytest.mark.parametrize(
    ("fit", "tier"),
    [
        ({"industry": 1.0, "size": 0.5, "tech": 1.0, "region": None}, "B"),
        ({"industry": 1.0, "tech": 1.0, "size": None, "region": None}, "unknown"),
        ({"industry": 1.0, "size": 1.0, "tech": 1.0, "region": 1.0}, "A"),
        ({"industry": 0.0, "size": 0.5, "tech": 0.0, "region": 1.0}, "D"),
    ],
)  # fmt: skip
def test_fit(fit, tier):
    """T-28: score 65 with coverage 0.8 is B; coverage 0.5 is unknown whatever the score."""
    account = Log().account("fit")
    account.fit = fit
    assert icp_tier(account) == tier


def test_slippage_and_the_bridge(tmp_path, monkeypatch):
    """T-22 without the rise of q1 at closing: amounts of the event log do not change."""
    log = Log()
    account, due = log.account("pipe"), "2025-06-15"
    log.deal(account, "2025-02-01", [("2025-05-01", "Won")], 40, due=due)
    log.deal(account, "2025-02-01", [("2025-05-02", "Lost")], 30, due=due)
    moved = log.deal(account, "2025-02-01", [], 20, due=due)
    moved.close_day_changes.append((new_york("2025-05-20 12:00"), day("2025-08-01")))
    log.deal(account, "2025-02-01", [], 10, due=due)
    log.deal(account, "2025-02-01", [("2025-06-01", "Won")], 25, due="2025-08-10")
    log.deal(account, "2025-04-10", [("2025-06-20", "Won")], 15, due=due)
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("slippage_rate", "2025-Q2") == 0.5
    assert found.value("slippage_rate_amount", "2025-Q2") == 0.3
    parts = {
        row["dimension_value"]: float(row["value"])
        for row in found.table("kpi_values")
        if (row["metric_id"], row["period_start_date"], row["period_grain"])
        == ("pipeline_bridge", "2025-04-01", "quarter")
    }
    assert parts == {
        "opening": 100, "created": 15, "pulled_in": 25, "pushed_out": -20, "won": -80,
        "lost": -30, "closing": 10,
    }  # fmt: skip
    assert found.value("opening_set", "2025-Q2", "fate", "slipped") == 2
    assert found.value("push_count_avg", JULY) == 0.5
