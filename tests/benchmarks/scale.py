"""How the cost of each model grows with the exports: ``make bench``, or with ``PEOPLE=1000000``.

Two companies are written straight into the raw tables, one eight times the other, and built by the
same dbt project. Printed are ratios alone, since absolute times belong to one machine: how much a
model's time grew for each row more (1.0 is linear), and how long it took against a baseline that
runs beside it, one window over the same stage events.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from orchestration import transformation
from orchestration.settings import Settings
from orchestration.warehouse import create_raw_tables

GROWTH = 8
NOTICEABLE = 0.25
"""Share of the baseline below which a model's time is noise."""

BASELINE = """
    create or replace temp table baseline as
    select *, row_number() over (partition by person_id order by entered_at) as step
    from raw_mapped.lead_stage_events
"""

PARAMETERS = {
    "as_of": "2026-07-01 00:00:00",
    "reporting_tz": "Europe/Berlin",
    "reporting_currency": "EUR",
    "company_name": "Scale",
    "source_system": "scale",
    "run_id": "benchmark",
    "pii_salt": "benchmark",
    "input_fingerprint": "benchmark",
}

STAGES = {
    # stage: order, is qualified, outcome, probability
    "discovery": (10, False, "open", 0.2),
    "proposal": (20, True, "open", 0.6),
    "won": (90, True, "won", 1.0),
    "lost": (99, False, "lost", 0.0),
}

# Spread by multiples of primes, so that no two properties of a person go together.
COMPANY = """
create temp table person as
select
    i,
    'p' || i as person_id,
    'a' || (i * 7 % {accounts}) as account_id,
    'o' || (i * 13 % 200) as owner_id,
    'r' || (i * 13 % 200 % 8) as region,
    timestamp '2024-01-01' + (i * 7919 % 1200000) * interval 1 minute as lead_at,
    i % 2 = 0 as is_mql,
    i % 8 = 0 as is_back
from range({people}) as numbers (i);

insert into raw_mapped.people by name
select
    person_id, region, owner_id, lead_at as created_at, true as has_contact_means,
    -- One in fifty shares an address, one in a hundred was merged away.
    'name' || (i - (i % 50 = 0)::integer) || '@firm' || (i * 7 % {accounts}) || '.example' as email,
    if(i % 10 = 0, null, account_id) as account_id,
    if(i % 100 = 99, 'p' || (i - 1), null) as merged_into_id,
    if(i % 5 = 0, 'sales', 'marketing') as origin,
    ['paid_search', 'organic_search', 'event', 'email'][1 + i % 4] as channel,
    'campaign ' || i % 60 as campaign
from person;

insert into raw_mapped.accounts by name
select
    'a' || i as account_id, 'Firm ' || i as account_name, 'r' || i % 8 as region,
    timestamp '2023-01-01' as created_at, 5 + i % 300 as employees,
    ['software', 'retail', 'banking'][1 + i % 3] as industry,
    'firm' || i || '.example' as domain
from range({accounts}) as numbers (i);

insert into raw_mapped.owners by name
select
    'o' || i as owner_id, 'Owner ' || i as owner_name, 'team ' || i % 12 as team,
    'r' || i % 8 as region, date '2023-01-01' as valid_from
from range(200) as numbers (i);

insert into raw_mapped.lead_stage_events by name
select person_id, stage, owner_id, lead_at + hours * interval 1 hour as entered_at,
    if(stage = 'rejected', 'no_budget', null) as reject_reason
from person
cross join (values
    ('lead', 0, true, true), ('mql', 50, true, true), ('sal', 70, true, true),
    ('sql', 200, true, false), ('rejected', 210, false, true), ('recycled', 211, false, true),
    ('mql', 4000, false, true), ('sal', 4010, false, true), ('sql', 4100, false, true)
) as steps (stage, hours, is_once, is_twice)
where stage = 'lead' and hours = 0 or is_mql and if(is_back, is_twice, is_once);

insert into raw_mapped.activities by name
select
    'c' || i || '/' || try as activity_id, person_id, owner_id, 'call' as activity_type,
    'outbound' as direction, false as is_automated, try = 2 as is_connected,
    lead_at + interval 50 hour + (i * 31 % 900) * try * interval 1 minute as activity_at
from person
cross join (values (1), (2)) as tries (try)
where is_mql and i % 7 > 0;

insert into raw_mapped.touches by name
select
    't' || i || '/' || n as touch_id, person_id, 'email' as channel, 'click' as touch_type,
    lead_at + (i * 37 % 4000) * n * interval 1 hour as touch_at
from person
cross join (values (1), (2)) as numbers (n)
where i % 3 > 0;

insert into raw_mapped.opportunities by name
select
    'd' || i as opportunity_id, account_id, person_id, owner_id,
    lead_at + interval 210 hour as created_at,
    if(i % 12 = 0, 'won', 'lost') as stage,
    cast(lead_at + interval 1200 hour as date) as close_date,
    500 + i % 9000 as amount, 'EUR' as currency, 'new' as order_type
from person
where is_mql and not is_back and i % 3 = 0;

insert into raw_mapped.icp_rules by name
from (values
    ('industry', 'software', null, null, 1.0, 40.0), ('industry', 'banking', null, null, 0.5, 40.0),
    ('employees', null, 80, null, 1.0, 30.0), ('region', 'r1', null, null, 1.0, 20.0)
) as rules (fit_attribute, matches_value, min_value, max_value, score, weight);

insert into raw_mapped.icp_tiers by name
from (values ('A', 80), ('B', 60), ('C', 40), ('D', 0)) as tiers (tier, min_score);

insert into raw_mapped.engagement_rules by name
from (values ('email', 10, false)) as rules (touch_type, points, is_hand_raiser);

insert into raw_mapped.business_hours by name
select
    'calendar ' || i as calendar, ['Europe/Berlin', 'America/New_York'][1 + i % 2] as time_zone,
    weekday, '09:00' as opens_at, '17:00' as closes_at, 'r' || i as region
from range(8) as numbers (i)
cross join range(1, 6) as weekdays (weekday);
"""


def write_company(connection: duckdb.DuckDBPyConnection, people: int) -> int:
    """A company of ``people`` in the raw tables; its stage events."""
    create_raw_tables(connection)
    connection.executemany(
        "insert into raw_meta.parameters values (?, ?)", list(PARAMETERS.items())
    )
    connection.executemany(
        "insert into raw_meta.opportunity_stages values (?, ?, ?, ?, ?)",
        [(stage, *facts) for stage, facts in STAGES.items()],
    )
    connection.execute(COMPANY.format(people=people, accounts=people // 10))
    (events,) = connection.execute(
        "select count(*) from raw_mapped.lead_stage_events"
    ).fetchone() or (0,)
    return events


def measure(people: int, home: Path) -> tuple[int, float, dict[str, float]]:
    """Stage events, seconds of the baseline and seconds of each model."""
    settings = Settings.load({}, home=home, exports=home, config=home)
    with duckdb.connect(str(settings.warehouse)) as connection:
        events = write_company(connection, people)
        started = time.perf_counter()
        connection.execute(BASELINE)
        baseline = time.perf_counter() - started
    built = transformation.build(settings)
    built.raise_for_status()
    seconds = {
        node.unique_id.split(".")[-1]: node.seconds for node in built.nodes if node.kind == "model"
    }
    return events, baseline, seconds


def main(people: int) -> None:
    """Build both companies and print how each noticeable model's cost grew."""
    with TemporaryDirectory() as small, TemporaryDirectory() as large:
        few, _, before = measure(people // GROWTH, Path(small))
        many, baseline, after = measure(people, Path(large))
    print(f"{people:,} people, {many:,} stage events; {many / few:.1f} times the small company")
    print(f"{'model':<36}{'growth per row':>16}{'of the baseline':>17}")
    noticeable = {name: spent for name, spent in after.items() if spent > NOTICEABLE * baseline}
    for name in sorted(noticeable, key=noticeable.__getitem__, reverse=True):
        growth = after[name] / before[name] * few / many
        print(f"{name:<36}{growth:>16.2f}{after[name] / baseline:>17.1f}")
    growth = sum(after.values()) / sum(before.values()) * few / many
    print(f"{'all models':<36}{growth:>16.2f}{sum(after.values()) / baseline:>17.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
