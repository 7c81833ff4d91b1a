"""The CRMs' exports against the event log they were written from, read through the whole loader."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.demo.settings import DemoSettings
from orchestration.demo.vendors.ids import account_key, deal_key, person_key
from orchestration.demo.warts import ALL_WARTS
from tests.demo.conftest import PEOPLE
from tests.demo.demo_company import Demo, day, tree_hash, utc, write_exports


def _in_quotes(words: list[str], source: str) -> str:
    return ", ".join(f"'{source}:{word}'" for word in words) or "''"


def test_every_row_is_accounted_for_and_nothing_is_unknown(demo: Demo):
    totals = demo.report.totals
    assert totals["rows_read"] == (
        totals["rows_loaded"]
        + totals["rows_superseded"]
        + totals["rows_quarantined"]
        + totals["rows_filtered"]
    )
    assert totals["rows_loaded"] > 3_000
    assert totals["rows_quarantined"] == len(demo.planted_records("cut_row"))
    assert demo.report.unmapped == ()


def test_people_are_those_of_the_event_log(demo: Demo):
    added = [
        *(f"salesforce:{record}" for record in demo.planted_records("duplicates")),
        *(f"salesforce:{record}" for record in demo.planted_records("merges")),
        *(f"pipedrive:{record}" for record in demo.planted_records("cross_system")),
    ]
    found = demo.rows(
        """
        select
            person_id, created_at, email, phone, origin, channel, campaign, account_id, owner_id,
            region, coalesce(is_deleted, false), coalesce(is_test, false),
            coalesce(is_spam, false), not_a_prospect_reason
        from raw_mapped.people
        where merged_into_id is null
        """
    )
    expected = [
        (
            person_key(person), utc(person.created_at), person.email, person.phone, person.origin,
            person.channel, person.campaign.name if person.campaign else None,
            account_key(person.account) if person.account else None,
            person.owner.key if person.owner else None, person.region,
            person.excluded_reason == "deleted", person.excluded_reason == "test",
            person.excluded_reason == "spam" and person.email is not None,
            person.not_a_prospect_reason,
        )
        for person in demo.people
    ]  # fmt: skip
    assert sorted(row for row in found if row[0] not in added) == sorted(expected)
    assert len(found) == len(expected) + len(added) - len(demo.planted_records("merges"))


def test_a_contact_is_the_person_its_lead_stands_for(demo: Demo):
    converted = {
        person_key(person): min(cycle.deal.created_at for cycle in person.cycles if cycle.deal)
        for person in demo.people
        if person.leg.name in ("enterprise", "apac") and any(c.deal for c in person.cycles)
    }
    assert len(converted) > 10
    found = demo.rows(
        """
        select merged_into_id, created_at from raw_mapped.people
        where merged_into_id is not null and not coalesce(is_deleted, false)
        """
    )
    assert sorted(found) == sorted((lead, utc(at)) for lead, at in converted.items())


def test_lead_stages_are_those_of_the_event_log(demo: Demo):
    expected, assigned = [], []
    for person in demo.people:
        key = person_key(person)
        if person.subscribed_at is not None:
            expected.append((key, "subscriber", utc(person.subscribed_at), None))
        for cycle in person.cycles:
            # Without history, when the person was created says when they became a lead.
            lead_at = cycle.lead_at if cycle.is_lead_entered and person.leg.has_history else None
            for stage, at in (
                ("lead", lead_at), ("mql", cycle.mql_at), ("sal", cycle.sal_at),
                ("sql", cycle.sql_at), ("rejected", cycle.rejected_at),
                ("recycled", cycle.recycled_at), ("disqualified", cycle.disqualified_at),
            ):  # fmt: skip
                if at is not None:
                    expected.append(
                        (key, stage, utc(at), cycle.reject_reason if stage == "rejected" else None)
                    )
            if cycle.assigned_at is not None:
                assigned.append((key, utc(cycle.mql_at), utc(cycle.assigned_at)))
    reason = "case when stage = 'rejected' then reject_reason end"
    found = demo.rows(
        f"select distinct person_id, stage, entered_at, {reason} from raw_mapped.lead_stage_events"
    )
    assert Counter(found) == Counter(expected)
    found_assigned = demo.rows(
        """
        select person_id, entered_at, assigned_at from raw_mapped.lead_stage_events
        where stage = 'mql' and assigned_at is not null
        """
    )
    assert sorted(found_assigned) == sorted(assigned)
    assert {stage for _, stage, _, _ in expected} == {
        "subscriber", "lead", "mql", "sal", "sql", "rejected", "recycled", "disqualified",
    }  # fmt: skip


def test_accounts_are_those_of_the_event_log(demo: Demo):
    found = demo.rows(
        """
        select account_id, account_name, parent_account_id, region, segment, country, created_at
        from raw_mapped.accounts where account_name not like '% Ltd'
        """
    )
    expected = {
        account_key(account): (
            account_key(account.parent) if account.parent else None, account.region,
            account.segment, account.country, utc(account.created_at),
        )
        for account in demo.accounts
    }  # fmt: skip
    assert {row[0]: row[2:] for row in found} == expected
    assert len(found) == len(expected)
    names = {account_key(account): account.name for account in demo.accounts}
    assert all(name.endswith(names[account]) for account, name, *_ in found)


def test_deals_are_those_of_the_event_log(demo: Demo):
    found = demo.rows(
        """
        select
            opportunity_id, account_id, person_id, owner_id, product_id, stage, created_at,
            close_date, amount, currency, order_type, region, segment
        from raw_mapped.opportunities
        """
    )
    leads = dict(
        demo.rows(
            "select person_id, coalesce(merged_into_id, person_id) from raw_mapped.people "
            "where not coalesce(is_deleted, false)"
        )
    )
    expected = []
    for deal in demo.deals:
        assert deal.close_day is not None
        expected.append((
            deal_key(deal), account_key(deal.account),
            person_key(deal.person) if deal.person else None,
            deal.owner.key if deal.owner else None, deal.product, deal.stage,
            utc(deal.created_at), day(deal.close_day),
            None if deal.amount is None else Decimal(str(deal.amount)), deal.currency,
            deal.order_type, deal.account.region, deal.account.segment,
        ))  # fmt: skip
    assert Counter((*row[:2], leads.get(row[2]), *row[3:]) for row in found) == Counter(expected)
    assert {row[10] for row in expected} == {"new", "expansion", "renewal"}


def test_moves_are_those_of_the_event_log(demo: Demo):
    found = demo.rows(
        "select opportunity_id, stage, entered_at from raw_mapped.opportunity_stage_events"
    )
    expected = [
        (deal_key(deal), move.stage, utc(move.at))
        for deal in demo.deals
        if deal.account.leg.has_history
        for move in deal.moves
    ]
    assert Counter(found) == Counter(expected)


def test_a_crm_without_history_dates_what_it_knows(demo: Demo):
    found = demo.rows(
        "select opportunity_id, qualified_at, closed_at from raw_mapped.opportunities "
        "where opportunity_id like 'pipedrive:%'"
    )
    expected = [
        (
            deal_key(deal), utc(deal.created_at),
            utc(deal.moves[-1].at) if deal.outcome != "open" else None,
        )
        for deal in demo.deals
        if not deal.account.leg.has_history
    ]  # fmt: skip
    assert sorted(found) == sorted(expected)
    assert len(expected) > 5


def test_splits_are_those_of_the_event_log(demo: Demo):
    found = demo.rows(
        "select opportunity_id, owner_id, share, split_type from raw_mapped.opportunity_splits"
    )
    expected = [
        (deal_key(deal), rep.key, share, kind)
        for deal in demo.deals
        for rep, share, kind in deal.splits
    ]
    assert sorted(found) == sorted(expected)
    assert {kind for *_, kind in expected} == {"revenue", "overlay"}


def test_activities_are_those_of_the_event_log(demo: Demo):
    found = demo.rows(
        """
        select
            coalesce(people.merged_into_id, people.person_id), activities.owner_id,
            activities.activity_at, activities.activity_type, activities.direction,
            activities.is_automated, activities.is_connected
        from raw_mapped.activities
        left join raw_mapped.people using (person_id)
        """
    )
    expected = [
        (
            person_key(person), activity.rep.key if activity.rep else None, utc(activity.at),
            activity.kind, "outbound", activity.is_automated, activity.is_connected,
        )
        for person in demo.people
        for cycle in person.cycles
        for activity in cycle.activities
    ]  # fmt: skip
    assert Counter(found) == Counter(expected)
    assert {row[3] for row in expected} == {"call", "email", "meeting"}


def test_reps_who_are_named_by_id_have_their_names(demo: Demo):
    found = demo.rows("select owner_id, owner_name from raw_mapped.owners where team is null")
    assert sorted(found) == sorted(
        (rep.key, rep.name)
        for rep in demo.company.reps
        if rep.leg.source in ("salesforce", "zendesk_sell")
    )


@pytest.mark.parametrize(
    "table",
    ["lead_stage_events", "opportunities", "opportunity_stage_events", "opportunity_splits",
     "activities", "owners"],
)  # fmt: skip
def test_defects_of_files_change_no_record(clean: Demo, odd_files: Demo, table: str):
    query = f"select columns(c -> c not like '\\_%' escape '\\') from raw_mapped.{table}"
    assert Counter(odd_files.rows(query)) == Counter(clean.rows(query))


def test_what_defects_of_files_add_is_what_was_planted(clean: Demo, odd_files: Demo):
    columns = (
        "person_id, created_at, email, phone, origin, channel, campaign, account_id, owner_id, "
        "region, is_deleted, is_test, is_spam, not_a_prospect_reason"
    )
    query = f"select {columns} from raw_mapped.people"
    added = Counter(odd_files.rows(query)) - Counter(clean.rows(query))
    assert not Counter(clean.rows(query)) - Counter(odd_files.rows(query))
    assert sorted(row[0] for row in added.elements()) == sorted([
        *(f"salesforce:{record}" for record in odd_files.planted_records("duplicates")),
        *(f"salesforce:{record}" for record in odd_files.planted_records("merges")),
        *(f"pipedrive:{record}" for record in odd_files.planted_records("cross_system")),
    ])  # fmt: skip
    assert {row["wart"] for row in odd_files.planted} == odd_files.company.settings.warts
    assert clean.planted == []


def test_a_second_record_is_later_than_the_first_and_has_no_history(odd_files: Demo):
    duplicates = _in_quotes(odd_files.planted_records("duplicates"), "salesforce")
    crossed = _in_quotes(odd_files.planted_records("cross_system"), "pipedrive")
    found = odd_files.rows(
        f"""
        select second.person_id, min(second.created_at - first.created_at), any_value(second.email)
        from raw_mapped.people as second
        left join raw_mapped.people as first
            on lower(trim(second.email)) = lower(trim(first.email))
            and second.person_id <> first.person_id
            and coalesce(first.merged_into_id, '') = '' and first.created_at < second.created_at
        where second.person_id in ({duplicates}, {crossed})
        group by 1
        """
    )
    planted = odd_files.planted_records("duplicates") + odd_files.planted_records("cross_system")
    assert len(found) == len(planted) >= 6
    assert all(later is not None and later.total_seconds() > 0 for _, later, _ in found)
    spelled = [email for record, _, email in found if record.startswith("salesforce")]
    assert spelled == [email.upper() for email in spelled]
    assert not odd_files.rows(
        f"select 1 from raw_mapped.lead_stage_events where person_id in ({duplicates}, {crossed})"
    )


def test_a_person_of_two_crms_stands_under_one_parent(odd_files: Demo):
    crossed = _in_quotes(odd_files.planted_records("cross_system"), "pipedrive")
    found = odd_files.rows(
        f"""
        select second.person_id, first.account_id, accounts.parent_account_id
        from raw_mapped.people as second
        inner join raw_mapped.people as first
            on second.email = first.email and first.person_id like 'hubspot:%'
        left join raw_mapped.accounts on second.account_id = accounts.account_id
        where second.person_id in ({crossed})
        """
    )
    assert len(found) == len(odd_files.planted_records("cross_system")) >= 3
    assert all(company == parent for _, company, parent in found)


def test_merges_are_chains_that_end_at_a_living_lead(odd_files: Demo):
    links = dict(
        odd_files.rows(
            "select person_id, merged_into_id from raw_mapped.people where is_deleted "
            "and person_id like 'salesforce:%'"
        )
    )
    assert sorted(links) == sorted(
        f"salesforce:{record}" for record in odd_files.planted_records("merges")
    )
    living = {person_key(person) for person in odd_files.people}
    chains = [first for first in links if links[first] in links]
    assert len(chains) == len(links) / 2 >= 2
    assert all(links[links[first]] in living for first in chains)


def test_the_newest_export_of_a_contact_wins(odd_files: Demo):
    old = "hubspot/hubspot-crm-exports-all-contacts-2026-06-01.csv"
    new = "hubspot/hubspot-crm-exports-all-contacts-2026-07-01.csv"
    assert (odd_files.exports / old).stat().st_mtime < (odd_files.exports / new).stat().st_mtime
    stale = {row["Record ID"] for row in odd_files.table(old) if row["Sales region"] == "Unsorted"}
    assert sorted(stale) == sorted(odd_files.planted_records("late_files"))
    assert len(stale) > 20
    assert not odd_files.rows("select 1 from raw_mapped.people where region = 'Unsorted'")
    superseded = {
        load.file: load.rows_superseded for load in odd_files.report.file_loads if load.file == old
    }
    assert superseded == {old: len(odd_files.table(old))}


def test_a_cut_export_loses_one_row_which_a_whole_one_brings(odd_files: Demo):
    cut = odd_files.read("hubspot/hubspot-crm-exports-all-contacts-2026-06-15.csv")
    (record,) = odd_files.planted_records("cut_row")
    last = cut.splitlines()[-1]
    assert last.startswith(f"{record},")
    assert cut.endswith("\n")
    assert last.count(",") == 3
    assert odd_files.rows("select source_file, reason from raw_meta.quarantine") == [
        (
            "hubspot/hubspot-crm-exports-all-contacts-2026-06-15.csv",
            f"4 fields where the header has {cut.splitlines()[0].count(',') + 1}",
        )
    ]
    assert odd_files.rows(
        f"select count(*) from raw_mapped.people where person_id = 'hubspot:{record}'"
    ) == [(1,)]


def test_hostile_text_arrives_as_text(odd_files: Demo):
    names = [
        name
        for (name,) in odd_files.rows("select account_name from raw_mapped.accounts")
        if name is not None
    ]
    for mark in ("<script>", "=HYPERLINK(", '"Quote"', "\n", "; drop table", "=1+1"):
        assert any(mark in name for name in names), mark
    notes = [
        *(row["Description"] for row in odd_files.table(
            "hubspot/hubspot-crm-exports-all-companies-2026-07-01.csv")),
        *(row["Description"] for row in odd_files.table("salesforce/Account.csv")),
        *(row["备注"] for row in odd_files.table("zendesk_sell/公司列表.csv", "gb18030")),
    ]  # fmt: skip
    assert max(len(note) for note in notes) > 19_900


@pytest.mark.parametrize(("people", "seed"), [(300, 7), (300, 8)])
def test_the_same_settings_give_the_same_bytes(tmp_path: Path, people: int, seed: int):
    settings = DemoSettings(people=people, seed=seed, warts=ALL_WARTS)
    for name in ("first", "second"):
        write_exports(tmp_path / name, settings)
    assert tree_hash(tmp_path / "first") == tree_hash(tmp_path / "second")
    write_exports(tmp_path / "third", DemoSettings(people=people, seed=seed + 1, warts=ALL_WARTS))
    assert tree_hash(tmp_path / "first") != tree_hash(tmp_path / "third")


_CONTACTS = "hubspot/hubspot-crm-exports-all-contacts-{}.csv"
_PIPEDRIVE = "pipedrive/{}-2026-07-01.csv"


@pytest.mark.parametrize(
    ("wart", "files"),
    [
        ("duplicates", {"salesforce/Lead.csv"}),
        ("merges", {"salesforce/Lead.csv"}),
        ("cross_system", {_PIPEDRIVE.format("people"), _PIPEDRIVE.format("organizations")}),
        ("gb18030", {"exports.yaml", "zendesk_sell/公司列表.csv", "zendesk_sell/业绩分成.csv"}),
        (
            "ambiguous_dates",
            {
                _PIPEDRIVE.format(name)
                for name in ("people", "organizations", "deals", "activities")
            },
        ),
        ("late_files", {_CONTACTS.format("2026-06-01")}),
        ("cut_row", {_CONTACTS.format("2026-06-15")}),
        (
            "hostile_text",
            {
                _CONTACTS.format("2026-07-01"),
                "hubspot/hubspot-crm-exports-all-companies-2026-07-01.csv",
                "salesforce/Lead.csv", "salesforce/Account.csv", "salesforce/Contact.csv",
                "zendesk_sell/leads.jsonl", "zendesk_sell/contacts.jsonl",
                "zendesk_sell/公司列表.csv",
                _PIPEDRIVE.format("people"), _PIPEDRIVE.format("organizations"),
            },
        ),
    ],
)  # fmt: skip
def test_a_defect_alone_is_in_its_own_files_only(
    clean: Demo, tmp_path: Path, wart: str, files: set[str]
):
    settings = DemoSettings(people=PEOPLE, warts=frozenset({wart}))
    write_exports(tmp_path, settings)
    changed = {
        path.relative_to(tmp_path / "exports").as_posix()
        for path in (tmp_path / "exports").rglob("*")
        if path.is_file()
        and (
            not (other := clean.exports / path.relative_to(tmp_path / "exports")).exists()
            or other.read_bytes() != path.read_bytes()
        )
    }
    systems = ("hubspot/", "salesforce/", "zendesk_sell/", "pipedrive/", "exports.yaml")
    assert {name for name in changed if name.startswith(systems)} == files
