"""What the shipped readers take from accounting, billing, surveys and the planning workbook."""

from __future__ import annotations

from collections import Counter

from orchestration.demo.clock import month_start, to_date
from orchestration.demo.plan import FIT_OF_INDUSTRY, PERSONAS
from orchestration.demo.vendors.ids import account_key, deal_key, person_key
from orchestration.demo.vendors.planning import RAMP
from tests.demo.demo_company import Demo

READ = (
    "billing/subscription_changes.csv", "billing/subscriptions.csv", "feedback/reviews.csv",
    "feedback/survey_csat.csv", "feedback/survey_nps.csv", "finance/cost_postings.csv",
    "finance/credit_notes_and_refunds.csv", "finance/invoices.csv", "finance/invoices_apac.csv",
    "planning.xlsx",
)  # fmt: skip


def test_the_files_are_all_recognised_and_no_row_of_them_is_lost(everything: Demo):
    loads = [load for load in everything.report.file_loads if load.file in READ]
    assert tuple(sorted({load.file for load in loads})) == READ
    for load in loads:
        assert load.rows_read == load.rows_loaded + load.rows_filtered
    assert [left for left in everything.report.unmatched_files if left.file in READ] == []
    entities = {load.entity for load in loads}
    assert [use for use in everything.report.unmapped if use.entity in entities] == []


def test_documents_are_those_of_the_log_to_the_cent(everything: Demo):
    posted: Counter[tuple[object, ...]] = Counter()
    for account in everything.accounts:
        for invoice in account.invoices:
            if invoice.kind != "refund":
                posted[
                    invoice.kind, account_key(account), deal_key(invoice.deal), invoice.currency,
                    to_date(invoice.day), round(invoice.amount * 100),
                ] += 1  # fmt: skip
        for deal in account.deals:
            if deal.refund is not None:
                posted[
                    "refund", account_key(account), deal_key(deal), deal.currency,
                    to_date(deal.refund.day), round(deal.refund.amount * 100),
                ] += 1  # fmt: skip
    rows = everything.rows(
        "select invoice_type, account_id, opportunity_id, currency, posting_date, "
        "(amount * 100)::bigint, count(*) from raw_mapped.invoices group by all"
    )
    assert {tuple(key): count for *key, count in rows} == posted
    assert {kind for kind, *_ in posted} == {"invoice", "credit_note", "refund"}
    assert everything.rows("select distinct status from raw_mapped.invoices order by 1") == [
        ("open",), ("paid",), (None,),
    ]  # fmt: skip


def test_a_document_corrects_an_invoice_that_is_there(everything: Demo):
    ((corrected, found),) = everything.rows(
        "select count(*), count(invoice.invoice_id) from raw_mapped.invoices as correction "
        "left join raw_mapped.invoices as invoice "
        "on correction.corrects_invoice_id = invoice.invoice_id "
        "where correction.corrects_invoice_id is not null"
    )
    assert corrected == found > 0


def test_subscriptions_change_as_in_the_log(everything: Demo):
    expected = Counter()
    for account in everything.accounts:
        before = 0.0
        for change in account.mrr:
            if change.mrr != before:
                key = account_key(account), to_date(change.day), account.currency
                expected[*key, round(change.mrr * 100)] += 1
            before = change.mrr
    rows = everything.rows(
        "select account_id, valid_from, currency, (mrr * 100)::bigint, count(*) "
        "from raw_mapped.subscriptions where is_change group by all"
    )
    assert {tuple(key): count for *key, count in rows} == expected
    ((lists, changes),) = everything.rows(
        "select count(distinct subscription_id) filter (where not is_change), "
        "count(distinct subscription_id) filter (where is_change) from raw_mapped.subscriptions"
    )
    assert lists == changes > 0


def test_answers_are_those_of_the_log(everything: Demo):
    def day(number: int | None) -> object:
        return None if number is None else to_date(number)

    expected = Counter(
        (
            response.kind,
            None if response.kind == "review" else person_key(response.person),
            account_key(response.account),
            day(response.responded_day),
            response.score,
            {"nps": None, "csat": 5.0, "review": 5.0}[response.kind],
            day(response.routed_day),
        )
        for account in everything.accounts
        for response in account.responses
        if response.kind != "review" or response.responded_day is not None
    )
    rows = everything.rows(
        "select survey_type, person_id, account_id, responded_on, score, scale_max, routed_on, "
        "count(*) from raw_mapped.survey_responses group by all"
    )
    assert {tuple(key): count for *key, count in rows} == expected
    assert {kind for kind, *_ in expected} == {"nps", "csat", "review"}


def test_quotas_are_those_of_the_reps_with_their_ramp(everything: Demo):
    expected = set()
    for rep in everything.company.reps:
        months = [m for m in everything.company.months if m >= month_start(rep.hired_day)]
        is_new = rep.hired_day >= everything.company.start_day
        for served, month in enumerate(months):
            ramp = RAMP[served] if is_new and served < len(RAMP) else 1.0
            expected.add((rep.key, to_date(month), rep.monthly_quota, ramp))
    rows = everything.rows(
        "select owner_id, quota_month, quota_amount::int, ramp_share from raw_mapped.quotas"
    )
    assert len(rows) == len(expected)
    assert set(rows) == expected


def test_rules_of_fit_are_those_of_the_plan(everything: Demo):
    rules = everything.rows(
        "select fit_attribute, matches_value, min_value, max_value, score, weight "
        "from raw_mapped.icp_rules where fit_attribute in ('industry', 'employees')"
    )
    industries = [
        ("industry", name, None, None, fit, 40.0) for name, fit in FIT_OF_INDUSTRY.items()
    ]
    assert sorted(rules) == sorted([*industries, ("employees", None, 20.0, 120.0, None, 30.0)])
    assert everything.rows("select tier, min_score from raw_mapped.icp_tiers order by 1") == [
        ("A", 80.0), ("B", 60.0), ("C", 40.0), ("D", 0.0),
    ]  # fmt: skip
    personas = everything.rows("select distinct persona, is_required from raw_mapped.persona_rules")
    assert {persona for persona, _ in personas} == set(PERSONAS)
    assert [persona for persona, is_required in sorted(personas) if is_required] == [
        "champion", "decision_maker",
    ]  # fmt: skip


def test_promises_are_those_of_both_sides(everything: Demo):
    assert everything.rows(
        "select side, sla_metric, committed_value from raw_mapped.sla_commitments "
        "where side = 'sales' and region is null order by 2"
    ) == [("sales", "decision", 2.0), ("sales", "follow_up_attempts", 5.0)]
    ((first, last, volumes),) = everything.rows(
        "select min(period_start_date), max(period_start_date), count(distinct period_start_date) "
        "from raw_mapped.sla_commitments where sla_metric = 'mql_volume'"
    )
    months = everything.company.months
    assert (first, last, volumes) == (to_date(months[0]), to_date(months[-1]), len(months))
