"""Worked examples of weights, velocity, stages, fit, journeys: T-13, T-23, T-24, T-33, T-34."""

import pytest

from orchestration.demo.world import Response
from tests.demo.sheet import Log, day, tell

MAY, JUNE, JULY = "2025-05", "2025-06", "2025-07"


def test_weights_follow_the_stage_a_deal_is_in(tmp_path, monkeypatch):
    """T-23.1, T-23.2, INV-20: 22,000 at 0.4 and 15,000 at 0.1, moved back from Proposal."""
    log = Log()
    account = log.account("book")
    for index in range(20):
        proposal = [("2025-05-05", "Proposal")] if index < 5 else []
        end = "Won" if index < 2 else "Lost"
        log.deal(account, "2025-05-01", [*proposal, ("2025-05-20", end)], 100)
    log.deal(account, "2024-01-01", [("2024-01-05", "Proposal"), ("2024-02-01", "Won")], 100)
    log.deal(account, "2025-06-01", [("2025-06-05", "Proposal")], 22_000)
    log.deal(
        account, "2025-06-01", [("2025-06-05", "Proposal"), ("2025-06-09", "Qualified")], 15_000
    )
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("weighted_pipeline_amount", JULY) == pytest.approx(10_300)
    assert found.value("weighted_pipeline_amount", JULY) != pytest.approx(14_800)
    assert found.value("open_pipeline_amount", JULY) == 37_000


def test_velocity_is_the_product_of_its_parts(tmp_path, monkeypatch):
    """T-24.1, T-24.2: 20 open x 0.25 x 10,000 / 50 days; a cycle of 0 days has no velocity."""
    log = Log()
    account = log.account("fast")
    for end in ("Won", "Lost", "Lost", "Lost"):
        log.deal(account, "2025-04-01", [("2025-05-21", end)], 10_000)
    for _ in range(20):
        log.deal(account, "2025-06-01", [], 1)
    log.deal(account, "2025-06-01", [], 1, order_type="renewal")
    other = log.account("other")
    other.segment = "enterprise"
    log.deal(other, "2025-05-01 12:00", [("2025-05-01 13:00", "Won")], 10)
    log.deal(other, "2025-06-01", [], 10)
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("sales_velocity", JULY, "segment", "smb") == pytest.approx(1000)
    assert found.value("sales_velocity", JULY, "segment", "enterprise") is None


def test_stages_and_reasons(tmp_path, monkeypatch):
    """T-34.11, T-34.14: 1 silent loss of 4, 6 of 10 reached Proposal; one jumped over it."""
    log = Log()
    account = log.account("staged")
    for index in range(10):
        if index == 0:
            moves = [("2025-05-03", "Negotiation")]
        else:
            moves = [("2025-05-03", "Proposal")] if index < 6 else [("2025-05-09", "Lost")]
        reasons = ["price", "no_decision", "timing", "competitor"]
        deal = log.deal(account, "2025-05-01", moves, 1)
        deal.lost_reason = reasons[index - 6] if index >= 6 else None
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("opp_stage_conversion_rate", MAY, "stage", "Qualified") == 0.6
    assert found.value("no_decision_rate", MAY) == 0.25


def test_repeat_purchases(tmp_path, monkeypatch):
    """T-13.1: {a, b, c, d} and then {b, d, e}."""
    log = Log()
    for names, won in (("abcd", "2025-02-10"), ("bde", "2025-05-10")):
        for name in names:
            log.deal(log.account(name), "2025-01-05", [(won, "Won")], 1, product="P-40")
    log.deal(log.account("a"), "2025-01-05", [("2025-05-10", "Won")], 1, product="P-20")
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("repeat_purchase_rate", "2025-Q2") == 0.5


def test_journeys_need_every_stage_and_a_touch(tmp_path, monkeypatch):
    """T-33.1: four customers, one without a lead; a skipped stage or no touch spoil it as well."""
    log = Log()

    def customer(name, **stages):
        account = log.account(name)
        person = log.person("2025-05-01 12:00", account)
        deal = log.deal(account, "2025-05-20", [("2025-06-20", "Won")], 1, person=person)
        log.cycle(person, mql="2025-05-02", sql="2025-05-10", deal=deal, **stages)
        return person

    for name in ("one", "two", "three"):
        log.touch(customer(name, sal="2025-05-04"), "2025-05-01 13:00", "email")
    log.deal(log.account("four"), "2025-05-20", [("2025-06-20", "Won")], 1)
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("journey_completeness_rate", JUNE) == 0.75
    # D7: a subsidiary of a customer is no new customer.
    parent = log.account("parent")
    for account, won in (
        (parent, "2025-07-02"),
        (log.account("sister", parent=parent), "2025-07-03"),
    ):
        log.deal(account, "2025-05-20", [(won, "Won")], 1)
    assert tell(log, tmp_path, monkeypatch).parts("journey_completeness_rate", JULY) == (0, 1)
    log.touch(customer("skipped"), "2025-05-01 13:00", "email")
    customer("untouched", sal="2025-05-04")
    found = tell(log, tmp_path, monkeypatch)
    assert found.parts("journey_completeness_rate", JUNE) == (3, 6)


def test_fit_of_leads_and_what_their_hand_offs_bring(tmp_path, monkeypatch):
    """T-34.37, T-34.38, T-15.8: leads of tiers A, B, C and unknown; no_fit takes an MQL back."""
    log = Log()
    fits = {
        "A": {"industry": 1.0, "size": 1.0, "region": 1.0},
        "B": {"industry": 1.0, "size": 0.5, "tech": 1.0},
        "C": {"industry": 1.0, "size": 0.0, "region": 0.0},
        "unknown": {"industry": 1.0, "tech": 1.0},
    }
    for tier, fit in fits.items():
        account = log.account(tier)
        account.fit = dict(fit)
        person = log.person("2025-05-01 12:00", account)
        deal = log.deal(account, "2025-05-20", [], 240_000, person=person)
        log.cycle(person, mql="2025-05-02", sal="2025-05-03", sql="2025-05-10", deal=deal)
    refused = log.person("2025-05-01 12:00", log.accounts["A"])
    log.cycle(refused, mql="2025-05-02", rejected="2025-05-03", reason="no_fit_size",
              disqualified="2025-05-03")  # fmt: skip
    taken = log.person("2025-05-01 12:00", log.accounts["A"])
    log.cycle(taken, mql="2025-05-02")
    found = tell(log, tmp_path, monkeypatch)
    assert found.parts("icp_match_rate", MAY) == (4, 5)
    assert found.parts("unknown_share", MAY) == (1, 6)
    assert found.value("sla_pipeline_delivered", MAY) == 480_000
    assert found.value("pipeline_per_mql", MAY) == 160_000


def test_feedback_is_routed_within_ten_business_days(tmp_path, monkeypatch):
    """T-34.29: 18 of 20; the tenth business day still counts, the eleventh does not."""
    log = Log()
    account = log.account("routed")
    person = log.person("2025-01-01", account)
    for index in range(20):
        routed = day("2025-06-12") if index < 18 else day("2025-06-13") if index == 18 else None
        account.responses.append(Response(
            index, "nps", f"w{index}", day("2025-05-28"), day("2025-05-29"), 9, person, account, "",
            routed_day=routed,
        ))  # fmt: skip
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("feedback_routed_rate", MAY) == 0.9


def test_a_leg_without_history_qualifies_deals_on_creation(tmp_path, monkeypatch):
    from dataclasses import replace

    log = Log()
    account = log.account("plain")
    log.deal(account, "2025-05-01", [("2025-06-02", "Lost")], 5)
    skipped = log.deal(account, "2025-05-01", [("2025-06-02", "Won")], 7)
    never = log.deal(account, "2025-05-01", [("2025-06-02", "Lost")], 9)
    for deal in (skipped, never):
        deal.moves[0].stage = "Discovery"
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("opportunity_count", MAY) == 1
    assert found.value("opportunity_count", JUNE) == 1
    assert found.parts("win_rate", JUNE) == (1, 2)
    account.leg = replace(account.leg, has_history=False)
    found = tell(log, tmp_path, monkeypatch)
    assert found.value("opportunity_count", MAY) == 3
    assert found.parts("win_rate", JUNE) == (1, 3)
