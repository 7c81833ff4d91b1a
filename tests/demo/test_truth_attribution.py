"""Worked examples of attribution and of cost per customer: T-10, T-11, T-17 to T-21, T-34."""

import pytest

from orchestration.demo.clock import DAY
from orchestration.demo.truth import models
from orchestration.demo.truth.attribution import path_of
from orchestration.demo.truth.costs import Cost
from tests.demo.sheet import Log, day, tell, utc

JUNE = "2025-06"
NOW = 20_000 * DAY


def journey(days=(20, 12, 5, 1), channels=("paid_social", "organic_search", "email", "direct"),
            lead: int | None = 11, deal=4, closed=0):  # fmt: skip
    """T-17: touches so many days before the conversion, milestones as well."""
    at = [
        None if days_ago is None else NOW - int(days_ago * DAY) for days_ago in (lead, deal, closed)
    ]
    return models.Journey([NOW - ago * DAY for ago in days], channels, NOW, *at)


W = models.w_shaped
RULES = [
    ("T-17.first", models.first_touch, journey(), [1, 0, 0, 0]),
    ("T-17.last", models.last_touch, journey(), [0, 0, 0, 1]),
    ("T-17.lnd", models.last_non_direct, journey(), [0, 0, 1, 0]),
    ("T-17.lin", models.linear, journey(), [0.25] * 4),
    ("T-17.pos", models.position_40_20_40, journey(), [0.4, 0.1, 0.1, 0.4]),
    ("T-17.ulead", models.u_shaped_lead, journey(), [0.4, 0.4, 0.1, 0.1]),
    ("T-17.w", W, journey(), [0.3, 0.3, 0.3, 0.1]),
    ("T-17.fp", models.full_path, journey(), [0.25] * 4),
    ("T-17.td7", lambda path: models.time_decay(path, 7), journey(),
     [0.070486, 0.155646, 0.311291, 0.462577]),
    ("T-17.td30", lambda path: models.time_decay(path, 30), journey(),
     [0.193484, 0.232766, 0.273628, 0.300122]),
    ("T-18.pos1", models.position_40_20_40, journey((3,), ("email",)), [1]),
    ("T-18.pos2", models.position_40_20_40, journey((3, 2), ("email", "event")), [0.5, 0.5]),
    ("T-18.w1", W, journey((30,), ("email",)), [1]),
    ("T-18.w2", W, journey((20, 3), ("email", "event"), lead=20, deal=2), [2 / 3, 1 / 3]),
    ("T-18.w3", W, journey((20, 12, 5), ("email", "event", "email")), [1 / 3] * 3),
    ("T-18.wmiss", W, journey(lead=None), [0.45, 0.05, 0.45, 0.05]),
    ("T-18.wcol", W, journey(lead=11, deal=10), [0.3, 0.6, 0.05, 0.05]),
    ("T-18.dd", models.last_non_direct, journey((3, 2), ("direct", "direct")), [0, 1]),
]  # fmt: skip


@pytest.mark.parametrize(("number", "rule", "path", "expected"), RULES, ids=[r[0] for r in RULES])
def test_rules(number, rule, path, expected):
    weights = rule(path)
    assert weights == pytest.approx(expected, abs=1e-6), number
    # INV-49
    assert sum(weights) == pytest.approx(1)
    assert all(0 <= weight <= 1 for weight in weights)


def test_touches_of_one_second_and_of_one_source():
    """T-18.tie, T-18.sess."""
    log, until = Log(), utc("2025-06-01")
    person = log.person("2025-05-01 09:00")
    log.touch(person, "2025-05-02 10:00", "email", 902)
    log.touch(person, "2025-05-02 10:00", "paid_search", 901)
    assert [touch.channel for touch in path_of([person], None, until)] == ["paid_search", "email"]
    other = log.person("2025-05-01 09:00")
    for at in ("10:00", "10:20", "11:30"):
        log.touch(other, f"2025-05-02 {at}", "email")
    assert len(path_of([other], None, until)) == 2


CONVERTED = {("A", "B"): 2, ("B",): 2}
LOST = {("A",): 2, ("B", "A"): 1}


def test_markov():
    """T-19, INV-53."""
    found = models.markov(CONVERTED, LOST)
    assert found.conversion_chance == pytest.approx(4 / 7)
    assert found.removal_effects == pytest.approx({"A": 0.4, "B": 1})
    assert found.credits == pytest.approx({"A": 1.142857, "B": 2.857143})
    for row in found.chances.values():
        assert sum(row.values()) == pytest.approx(1)
    repeated = models.markov({("A", "A", "B"): 2, ("B", "B"): 2}, {("A",): 2, ("B", "A", "A"): 1})
    assert repeated == found


def test_shapley():
    """T-20.1 to T-20.4, INV-54; the rate form would be negative for A."""
    assert models.shapley(CONVERTED) == pytest.approx({"A": 1, "B": 3})
    three = models.shapley({("X", "Y"): 3, ("X", "Y", "Z"): 5, ("Z",): 2, ("Y", "Z"): 4})
    assert three == pytest.approx({"X": 19 / 6, "Y": 31 / 6, "Z": 17 / 3})


@pytest.fixture(scope="module")
def won(tmp_path_factory):
    """T-21: ten conversions of 1,000, two of them without touches, the others after email, event,
    email; T-34.39 and T-34.31 on the first, whose touches are those of T-17."""
    log = Log()
    for index in range(10):
        account = log.account(f"c{index}")
        person = log.person("2025-05-20 12:00", account, "email")
        deal = log.deal(account, "2025-05-25 12:00", [("2025-06-20 12:00", "Won")], 1000,
                        person=person)  # fmt: skip
        log.cycle(person, sql="2025-05-25 11:00", deal=deal)
        if index >= 2:
            for at, channel in (("10", "email"), ("22", "event"), ("24", "email")):
                log.touch(person, f"2025-05-{at} 12:00", channel)
    with pytest.MonkeyPatch.context() as patch:
        cost = Cost(day("2025-06-30"), "email", "c", "tools", "r", 4000)
        return tell(log, tmp_path_factory.mktemp("won"), patch, [cost])


def credits(answers, model, column="conversions"):
    return {
        row["channel"]: float(row[column])
        for row in answers.table("attribution_credits")
        if row["model"] == model and row["period_grain"] == "all"
    }


def test_every_model_gives_the_whole_away(won):
    """T-21, T-34.30, INV-50."""
    for model in (*models.PER_DEAL, "time_decay"):
        found = credits(won, model)
        assert found["__unattributed__"] == 2, model
        assert sum(found.values()) == pytest.approx(10), model
        assert sum(credits(won, model, "revenue").values()) == pytest.approx(10_000), model
    assert credits(won, "linear", "revenue")["email"] == pytest.approx(8 * 666.666667)
    assert sum(credits(won, "markov_1").values()) == pytest.approx(8)
    assert credits(won, "shapley_sum") == {"email": 4, "event": 4}
    assert won.value("unattributed_share") == 0.2


def test_w_shaped_is_the_model_of_published_credit(won):
    """First and lead-creation touch are the email of the 10th, the deal's is that of the 24th."""
    assert won.value("attributed_conversions", JUNE, "channel", "event") == pytest.approx(8 * 0.1)
    assert won.value("attributed_revenue", JUNE, "channel", "email") == pytest.approx(7200)
    # Time decay gives the event most (29 days before the win, the others 41 and 27), first touch 0.
    decay = 2 ** (-29 / 7) / sum(2 ** (-days / 7) for days in (41, 29, 27))
    assert won.value("model_spread", JUNE, "channel", "event") == pytest.approx(0.8 * decay)
    # INV-33 in its revenue form
    roas = won.value("roas", JUNE, "channel", "email")
    assert roas is not None
    assert roas == pytest.approx(1.8)
    assert won.value("revenue_roi", JUNE, "channel", "email") == pytest.approx(roas - 1)


def test_paths_are_listed_with_and_without_conversion(won, tmp_path, monkeypatch):
    assert won.table("attribution_paths") == [
        {"path": "email > event > email", "conversions": "8", "non_conversions": "0"}
    ]
    log = Log()
    log.touch(log.person("2025-05-01 12:00"), "2025-05-02 12:00", "direct")
    found = tell(log, tmp_path, monkeypatch)
    assert found.table("attribution_paths") == [
        {"path": "direct", "conversions": "0", "non_conversions": "1"}
    ]


def test_a_touch_too_old_or_too_late_is_not_on_the_path(tmp_path, monkeypatch):
    """INV-51: conv_at - 365 days and conv_at still count, a minute beyond does not."""
    log = Log()
    account = log.account("late")
    person = log.person("2024-01-01 12:00", account)
    won_at = utc("2025-06-20 12:00")
    log.deal(account, "2025-05-25 12:00", [("2025-06-20 12:00", "Won")], 1000, person=person)
    for at, channel in (
        (won_at - 365 * DAY - 60, "too_old"), (won_at - 365 * DAY, "oldest"),
        (won_at, "latest"), (won_at + 60, "too_late"),
    ):  # fmt: skip
        log.touch(person, at, channel)
    found = tell(log, tmp_path, monkeypatch)
    assert credits(found, "linear") == {"oldest": 0.5, "latest": 0.5}


def test_cost_per_customer(tmp_path, monkeypatch):
    """T-10.6 to T-10.12: customers under the last touch that was not direct."""
    log = Log()
    for channel in ("paid_search", "paid_social", "event", "outbound"):
        account = log.account(channel)
        person = log.person("2025-05-01 12:00", account, channel)
        log.touch(person, "2025-05-02 12:00", channel)
        log.touch(person, "2025-05-03 12:00", "direct")
        log.deal(account, "2025-05-20", [("2025-06-20", "Won")], 6500, person=person)
    spent = {
        "paid_search": 6000, "paid_social": 3000, "event": 2000, "organic_search": 1000,
        "__unallocated__": 500,
    }  # fmt: skip
    costs = [
        Cost(
            day("2025-06-15"),
            channel,
            "c",
            "media" if "paid" in channel else "content",
            "r",
            amount,
        )
        for channel, amount in spent.items()
    ]
    for kind, amount in (("marketing_people", 10_000), ("sales_people", 20_000)):
        costs.append(Cost(day("2025-06-30"), "__unallocated__", "c", kind, "r", amount))
    found = tell(log, tmp_path, monkeypatch, costs)
    assert found.value("cac_paid", JUNE) == 4500
    assert found.value("cac_blended", JUNE) == 3125
    assert found.value("cac_fully_loaded", JUNE) == 10625
    assert found.value("cac_blended", JUNE) != 2750
    assert found.value("cac_blended", JUNE, "channel", "organic_search") is None
    assert found.value("cac_blended", JUNE, "channel", "outbound") == 0
    # T-11.9 with the costs of this example: 42,500 for 26,000 of new recurring revenue
    assert found.value("new_cac_ratio", JUNE) == pytest.approx(42_500 / 26_000)
    assert found.value("marketing_program_cost", JUNE) == 12_500
    # INV-30
    parts = [found.value("marketing_program_cost", JUNE, "channel", name) or 0 for name in spent]
    assert sum(parts) == 12_500


def test_sourced_once_and_influenced_by_any_marketing_touch(tmp_path, monkeypatch):
    """T-34.16, T-34.17, T-21.4, INV-55: 10,000 (2 touches), 20,000 (0), 30,000 (1)."""
    log = Log()
    for amount, origin, channels in (
        (10_000, "marketing", ("email", "event")), (20_000, "sales", ("outbound",)),
        (30_000, "partner", ("email",)),
    ):  # fmt: skip
        account = log.account(str(amount))
        person = log.person("2025-06-01", account, "email", origin)
        deal = log.deal(account, "2025-06-10", [], amount, person=person)
        log.cycle(person, mql="2025-06-02", sql="2025-06-05", deal=deal)
        for channel in channels:
            log.touch(person, "2025-06-03 12:00", channel)
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("influenced_pipeline_amount", JUNE) == 40_000
    shares = {
        origin: found.value("sourced_pipeline_share", JUNE, "origin", origin)
        for origin in ("marketing", "sales", "partner")
    }
    assert shares == pytest.approx({"marketing": 1 / 6, "sales": 1 / 3, "partner": 1 / 2})
