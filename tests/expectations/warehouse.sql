-- A small company whose tables agree with each other: every rule passes on it.

insert into raw_meta.parameters values
    ('as_of', '2025-07-31 12:00:00'),
    ('reporting_tz', 'Europe/Stockholm'),
    ('reporting_currency', 'USD'),
    ('company_name', 'Demo company'),
    ('source_system', 'crm'),
    ('run_id', 'run-1');

insert into raw_meta.opportunity_stages
    (stage, stage_order, is_qualified, outcome, probability)
values
    ('Qualified', 20, true, 'open', null),
    ('Won', 90, true, 'won', null),
    ('Lost', 91, true, 'lost', null),
    ('Duplicate', 99, false, 'excluded', null);

insert into raw_mapped.people (person_id, merged_into_id)
values
    ('p1', null), ('p2', null), ('p3', 'p1'), ('p4', null), ('p5', null), ('p6', null),
    ('p7', null);

-- p6 subscribed, under the name p7, and never became a lead.
insert into raw_mapped.lead_stage_events (person_id, stage, entered_at)
values ('p7', 'subscriber', timestamp '2025-05-05 08:00:00');

insert into raw_mapped.accounts (account_id) values ('a1'), ('a2'), ('a3'), ('a4');

insert into raw_mapped.owners (owner_id) values ('o1'), ('o2');

insert into raw_mapped.products (product_id) values ('pr1');

insert into raw_mapped.opportunities (opportunity_id, amount, currency) values
    ('d1', 1000, 'USD'),
    ('d2', 500, 'EUR'),
    ('d3', 300, null),
    ('d4', 1000, 'USD'),
    ('d5', 200, 'USD'),
    ('d6', 400, 'USD'),
    ('d7', 100, 'USD'),
    ('d8', 700, 'GBP');

insert into raw_mapped.external_factors (factor_id) values ('f1'), ('f2');

insert into raw_mapped.business_hours (calendar, time_zone, weekday, opens_at, closes_at)
select 'Office', 'Europe/Stockholm', unnest([1, 2, 3, 4, 5]), '09:00', '17:00';

insert into raw_mapped.activities
    (activity_id, person_id, activity_at, activity_type, direction, is_automated)
values
    ('c1', 'p2', timestamp '2025-01-08 10:00:00', 'call', 'outbound', false),
    ('c2', 'p1', timestamp '2025-05-06 09:00:00', 'call', 'outbound', false),
    ('c3', 'p5', timestamp '2025-05-20 13:00:00', 'email', 'outbound', false);

insert into raw_mapped.costs (cost_date, amount, currency, cost_type) values
    ('2025-05-10', 100, 'USD', 'media'),
    ('2025-05-20', 50, 'EUR', 'tools'),
    ('2025-06-30', 1000, null, 'marketing_people');

insert into raw_mapped.campaigns (campaign) values ('Spring');

update raw_mapped.costs set
    platform = 'google_ads', ad_account_id = 'google_ads:1', campaign = 'Spring',
    _source_system = 'google_ads'
where cost_type = 'media';

insert into raw_mapped.ad_performance_daily
    (platform, ad_account_id, campaign, performance_date, impressions, clicks, cost, currency)
values
    ('google_ads', 'google_ads:1', 'Spring', '2025-05-10', 900, 8, 60, 'USD'),
    ('google_ads', 'google_ads:1', 'Spring', '2025-05-10', 100, 2, 40, 'USD');

insert into raw_meta.file_totals values
    ('ad_performance_daily.csv', 'ad_performance_daily', 'cost', 100.01, 100, 0.015);

insert into raw_mapped.invoices (invoice_id, invoice_type, amount, currency, posting_date) values
    ('i1', 'invoice', 1000, 'USD', '2025-05-31'),
    ('i2', 'invoice', 50, 'EUR', '2025-06-10'),
    ('cn1', 'credit_note', 400, 'USD', '2025-06-10'),
    ('rf1', 'refund', 700, 'USD', '2025-06-20');

insert into raw_meta.file_loads by name
select
    concat(entity, '.csv') as source_file,
    entity,
    rows_loaded + 1 as rows_read,
    rows_loaded,
    0 as rows_quarantined,
    1 as rows_superseded,
    0 as rows_filtered
from (
    values
    ('people', 7), ('targets', 1), ('lead_stage_events', 1), ('accounts', 4), ('owners', 2), ('products', 1),
    ('opportunities', 8), ('external_factors', 2), ('business_hours', 5),
    ('activities', 3), ('costs', 3), ('match_decisions', 3), ('campaigns', 1),
    ('ad_performance_daily', 2), ('invoices', 4), ('web_events', 2),
    ('web_traffic_daily', 4), ('sla_commitments', 1)
) as loads (entity, rows_loaded);

insert into marts.dim_calendar by name
select
    date_day,
    date_trunc('month', date_day) as month_start_date,
    date_trunc('quarter', date_day) as quarter_start_date,
    date_trunc('year', date_day) as year_start_date,
    date '2024-01-01' + 14 * cast(floor((date_day - date '2024-01-01') / 14) as integer)
        as biweek_start_date,
    isodow(date_day) < 6 as is_business_day
from (
    select
        cast(unnest(generate_series(date '2025-01-01', date '2025-12-31', interval 1 day)) as date)
            as date_day
);

insert into marts.dim_person by name
select
    person_id,
    surviving_person_id,
    excluded_reason is null as is_countable,
    excluded_reason,
    origin,
    channel,
    channel as channel_source_value,
    case
        when excluded_reason is null and person_id <> 'p6' then timestamp '2025-05-05 08:00:00'
    end as lead_at,
    -- p3 was merged in the CRM; p7 is p6 by the address.
    sha256(case person_id when 'p7' then 'p6' else person_id end) as email_hash,
    case person_id when 'p1' then 'a1' when 'p2' then 'a2' end as account_id,
    case person_id when 'p1' then 'domain' when 'p2' then 'human' end as account_match_rule,
    false as is_inferred
from (
    values
    ('p1', 'p1', null, 'marketing', 'paid_search'),
    ('p2', 'p2', null, 'sales', 'referral'),
    ('p3', 'p1', 'merged_away', 'marketing', 'paid_search'),
    ('p4', 'p4', 'test', 'marketing', '__missing__'),
    ('p5', 'p5', null, 'marketing', 'event'),
    ('p6', 'p6', null, 'marketing', 'content'),
    ('p7', 'p6', 'merged_away', 'marketing', 'content')
) as people (person_id, surviving_person_id, excluded_reason, origin, channel);

insert into marts.account_matches by name
select
    person_id,
    account_id,
    coalesce(account_match_rule, 'none') as account_match_rule,
    case account_match_rule when 'domain' then 'acme.com' end as match_domain,
    case account_match_rule when 'domain' then 'rule' else account_match_rule end as decided_by,
    case when account_id is null then 0 else 1 end as candidate_count,
    case when account_id is not null then 0.9 end as confidence,
    account_id is not null as is_matched,
    false as is_ambiguous,
    account_id is not null as is_in_sample,
    date '2025-05-05' as created_date
from marts.dim_person
where is_countable;

insert into raw_mapped.match_decisions (person_id, account_id, other_person_id, decision) values
    ('p2', 'a2', null, 'confirm'), ('p1', 'a3', null, 'split'), ('p5', null, 'p6', 'split');

insert into marts.account_match_checks by name
select
    concat_ws(' ', person_id, account_id, other_person_id) as match_check_id,
    person_id,
    person_id as surviving_person_id,
    account_id,
    other_person_id,
    decision,
    true as is_in_force,
    false as is_match_checked,
    false as is_match_correct
from raw_mapped.match_decisions;

insert into marts.dim_account (account_id, parent_account_id, ultimate_parent_id, is_inferred)
values
    ('a1', null, 'a1', false),
    ('a2', 'a1', 'a1', false),
    ('a3', null, 'a3', false),
    ('a4', null, 'a4', false);

insert into marts.dim_owner (owner_id, team_id, is_inferred) values
    ('o1', 'East', false),
    ('o2', 'West', false),
    ('__unassigned__', '__unassigned__', false);

insert into marts.dim_team (team_id, owner_count) values
    ('East', 1), ('West', 1), ('__unassigned__', 0);

insert into marts.dim_product (product_id, is_inferred) values
    ('pr1', false), ('__missing__', false);

insert into marts.fct_costs (
    cost_id, channel, campaign, cost_type, currency, amount, fx_rate, amount_reporting,
    is_program_cost, is_paid_media, cost_date
) values
    ('c1', 'paid_search', 'Spring', 'media', 'USD', 100, 1, 100, true, true, '2025-05-10'),
    (
        'c2', '__unallocated__', '__unallocated__', 'tools', 'EUR', 50, 1.1, 55,
        true, false, '2025-05-20'
    ),
    (
        'c3', '__unallocated__', '__unallocated__', 'marketing_people', 'USD', 1000, 1, 1000,
        false, false, '2025-06-30'
    );

insert into marts.fct_ad_performance (
    ad_performance_id, ad_account_id, platform, campaign, currency, source_system, impressions,
    clicks, conversions, ad_cost, fx_rate, ad_cost_reporting, performance_date
) values
    (
        'ad1', 'google_ads:1', 'google_ads', 'Spring', 'USD', 'google_ads', 1000, 10, 3, 100, 1,
        100, '2025-05-10'
    );

insert into marts.fct_lead_match_daily values
    ('lm1', 'Spring', 'paid_search', 3, 0, '2025-05-10');

insert into marts.fct_invoices (
    invoice_id, corrects_invoice_id, invoice_type, status, currency, amount, fx_rate,
    amount_reporting, is_posted, posting_date
) values
    ('i1', null, 'invoice', 'paid', 'USD', 1000, 1, 1000, true, '2025-05-31'),
    ('i2', null, 'invoice', 'draft', 'EUR', 50, 1.1, 55, false, '2025-06-10'),
    ('cn1', 'i1', 'credit_note', null, 'USD', -400, 1, -400, true, '2025-06-10'),
    ('rf1', 'i1', 'refund', null, 'USD', -700, 1, -700, true, '2025-06-20');

insert into marts.dim_campaign (campaign, channel, is_inferred) values
    ('Spring', 'paid_search', false),
    ('__missing__', '__missing__', false),
    ('__unallocated__', '__missing__', false);

-- The lead cycles of p1 and p5 are marketing's, that of p2 is not; p1 came by the campaign Spring and bought d1.
insert into marts.campaign_performance (
    campaign, channel, program_cost, lead_count, marketing_lead_count, mql_count, mql_new_count, sql_count,
    opportunity_count, customer_count, won_amount, cpl, cost_per_mql, cost_per_customer
) values
    ('Spring', 'paid_search', 100, 1, 1, 1, 1, 1, 1, 1, 1000, 100, 100, 100),
    ('__missing__', '__missing__', 0, 2, 1, 2, 1, 1, 1, 0, 400, 0, 0, null),
    ('__unallocated__', '__missing__', 55, 0, 0, 0, 0, 0, 0, 0, 0, null, null, null);

-- On the fifth of May the report by channel group counts, not the total of the day beside it; on
-- the tenth of June there is none, and one visit among the events.
insert into raw_mapped.web_traffic_daily
    (analytics, breakdown, traffic_date, channel_group, sessions, engaged_sessions, _source_system)
values
    ('ga4', 'channel_group', '2025-05-05', 'Paid Search', 40, 30, 'ga4'),
    ('ga4', 'channel_group', '2025-05-05', 'Unassigned', 1, 0, 'ga4'),
    ('ga4', 'day', '2025-05-05', null, 42, 30, 'ga4'),
    ('universal_analytics', 'channel_group', '2022-05-05', 'Direct', 9, null, 'ua');

insert into marts.fct_web_traffic_daily (
    web_traffic_id, source_system, analytics, channel_group, counted_from, breakdown, sessions,
    engaged_sessions, engagement_seconds, duration_seconds, traffic_date, visit_date
) values
    (
        'v1', 'ga4', 'ga4', 'Paid Search', 'report', 'channel_group', 40, 30, 900, 2000,
        '2025-05-05', '2025-05-05'
    ),
    (
        'v2', 'ga4', 'ga4', 'Unassigned', 'report', 'channel_group', 1, 0, 0, 5,
        '2025-05-05', '2025-05-05'
    ),
    (
        'v3', 'ga4', 'ga4', 'Email', 'events', null, 1, 1, 20, 30, '2025-06-10', '2025-06-10'
    ),
    (
        'v4', 'ua', 'universal_analytics', 'Direct', 'report', 'channel_group', 9, null, null,
        null, '2022-05-05', null
    );

insert into marts.fct_lead_cycles by name
select
    *,
    case person_id when 'p2' then 'sales' else 'marketing' end as origin,
    case person_id when 'p1' then 'Spring' else '__missing__' end as campaign,
    case channel
        when 'paid_search' then 'Paid Search' when 'referral' then 'Referral' else '__missing__'
    end as channel_group,
    person_id = 'p1' as is_paid_channel,
    person_id = 'p1' as has_web_session,
    cycle_no = 1 as is_first_cycle,
    cycle_no = 1 as is_lead_counted,
    mql_class is not null as is_mql_credited,
    opportunity_id = 'd1' as is_lead_to_customer,
    false as is_customer_before_lead,
    false as is_deal_before_cycle,
    lead_cycle_id = 'p5/1' as is_reentered,
    false as is_mql_imputed,
    false as is_sal_imputed,
    false as is_sql_imputed,
    case lead_cycle_id when 'p5/1' then timestamp '2025-01-12 09:00:00' end as recycled_at,
    case lead_cycle_id when 'p5/2' then timestamp '2025-05-25 08:00:00' end as disqualified_at,
    case lead_cycle_id when 'p5/1' then 'no_timing' when 'p5/2' then 'no_budget' end
        as reject_reason,
    case when cycle_no = 1 then cast(lead_at as date) end as lead_date,
    mql_at as mql_credited_at,
    cast(mql_at as date) as mql_credited_date,
    date_diff('day', lead_at, customer_at) as lead_to_customer_days
from (
    values
    (
        'p1/1', 'p1', 1, 'o1', 'East', 'paid_search', 'new', 'd1',
        timestamp '2025-05-05 08:00:00', timestamp '2025-05-06 08:00:00',
        timestamp '2025-05-07 08:00:00', timestamp '2025-05-08 08:00:00',
        timestamp '2025-05-10 08:00:00', timestamp '2025-06-20 08:00:00'
    ),
    (
        'p2/1', 'p2', 1, 'o2', 'West', 'referral', null, 'd2',
        timestamp '2025-05-12 08:00:00', null,
        null, timestamp '2025-05-20 08:00:00',
        timestamp '2025-05-20 08:00:00', null
    ),
    (
        'p5/1', 'p5', 1, 'o1', 'East', 'event', 'new', null,
        timestamp '2025-01-05 08:00:00', timestamp '2025-01-10 08:00:00',
        null, null, null, null
    ),
    (
        'p5/2', 'p5', 2, 'o1', 'East', 'event', 'recycled', null,
        timestamp '2025-05-20 08:00:00', timestamp '2025-05-20 08:00:00',
        null, null, null, null
    )
) as cycles (
    lead_cycle_id, person_id, cycle_no, owner_id, team_id, channel, mql_class, opportunity_id,
    lead_at, mql_at, sal_at, sql_at, opportunity_at, customer_at
);

insert into marts.dim_business_hours by name
select calendar, time_zone, weekday as iso_weekday, opens_at, closes_at, false as is_default
from raw_mapped.business_hours;

insert into marts.fct_handoffs by name
select
    handoffs.*,
    cycles.person_id,
    cycles.channel,
    cycles.mql_class,
    'delivered' as delivery_status,
    true as is_promised,
    cycles.mql_class <> 'recycled' as is_credited,
    cycles.mql_credited_at as handoff_at,
    cycles.mql_credited_date as handoff_date,
    cycles.mql_credited_date as response_cohort_date,
    cycles.mql_credited_at as clock_start_at,
    'Office' as calendar,
    true as is_response_due,
    response_status <> 'breached_unanswered' as is_answered,
    response_status = 'met' as is_answered_in_time,
    if(cycles.sal_at is null, 'undecided', 'accepted') as decision,
    if(cycles.sal_at is null, 'breached_undecided', 'met') as decision_status,
    cycles.sal_at as decided_at,
    if(cycles.sal_at is null, null, 1) as decision_business_days,
    cycles.mql_credited_at + interval 2 day as decision_due_at,
    true as is_acceptance_due,
    cycles.mql_credited_date as decision_cohort_date,
    if(lead_cycle_id = 'p1/1', 'connected', 'breached') as followup_status,
    if(response_status = 'breached_unanswered', 0, 1) as attempt_count,
    cycles.mql_credited_at + interval 14 day as followup_ends_at,
    cycles.mql_credited_date as followup_cohort_date
from (
    values
    (
        'p1/1', 'o1', 'East', 'met', 60, 20, 40, 90,
        timestamp '2025-05-06 12:00:00', timestamp '2025-05-06 08:20:00',
        timestamp '2025-05-06 09:00:00', timestamp '2025-05-06 09:30:00'
    ),
    (
        'p5/1', 'o1', 'East', 'breached_unanswered', null, null, null, null,
        timestamp '2025-01-10 12:00:00', null, null, null
    ),
    (
        'p5/2', 'o2', 'West', 'breached_answered', 300, null, null, null,
        timestamp '2025-05-20 12:00:00', null, timestamp '2025-05-20 13:00:00', null
    )
) as handoffs (
    lead_cycle_id, owner_id, team_id, response_status, response_business_minutes,
    routing_delay_minutes, rep_delay_minutes, time_to_contact_minutes, due_at, assigned_at,
    first_human_attempt_at, first_contact_at
)
inner join marts.fct_lead_cycles as cycles
    using (lead_cycle_id);

insert into raw_mapped.sla_commitments (
    side, sla_metric, region, period_start_date, committed_value
)
values ('marketing', 'mql_volume', 'North', date '2025-01-01', 4);

insert into marts.fct_mql_commitments by name
select
    'm1' as mql_commitment_id,
    date '2025-01-10' as commitment_date,
    'North' as region,
    '__unallocated__' as segment,
    4 as committed_count;

insert into marts.fct_opportunities by name
select
    *,
    stage as stage_source_value,
    'new' as order_type,
    'pr1' as product_id,
    'crm' as source_system,
    outcome = 'excluded' as is_excluded,
    case when outcome = 'excluded' then 'duplicate' end as excluded_reason,
    case currency when 'EUR' then 1.1 when 'USD' then 1 end as fx_rate,
    amount * case currency when 'EUR' then 1.1 when 'USD' then 1 end as amount_reporting,
    case when outcome in ('won', 'lost') then amount_reporting end as win_rate_amount,
    cast(created_date as timestamp) as created_at,
    cast(created_date as timestamp) as qualified_at,
    cast(final_close_date as timestamp) as closed_at,
    created_date as qualified_date,
    outcome <> 'excluded' as is_counted_qualified,
    case when outcome <> 'excluded' then created_date end as qualified_counted_date,
    outcome in ('won', 'lost') as is_decided,
    case when outcome in ('won', 'lost') then final_close_date end as decided_date,
    outcome = 'open' as is_open_qualified,
    case when outcome = 'open' then date '2025-07-31' end as open_snapshot_date,
    case when outcome = 'won' then final_close_date - created_date end as sales_cycle_days,
    case opportunity_id when 'd3' then 1 else 0 end as regression_count,
    opportunity_id = 'd7' as is_cancelled,
    false as is_amount_missing,
    false as is_closed_before_created,
    false as is_won_before_lead
from (
    values
    (
        'd1', 'a1', 'a1', 'p1', 'o1', 'East', 'paid_search', 'Won', 'won', 1000, 'USD',
        date '2025-05-10', date '2025-06-20'
    ),
    (
        'd2', 'a3', 'a3', 'p2', 'o2', 'West', 'referral', 'Lost', 'lost', 500, 'EUR',
        date '2025-05-20', date '2025-06-25'
    ),
    (
        'd3', 'a2', 'a1', null, 'o1', 'East', '__unattributed__', 'Qualified', 'open', 300, 'USD',
        date '2025-07-01', null
    ),
    (
        'd4', 'a1', 'a1', 'p1', 'o1', 'East', 'paid_search', 'Duplicate', 'excluded', 1000, 'USD',
        date '2025-05-11', null
    ),
    (
        'd5', 'a3', 'a3', null, 'o2', 'West', '__unattributed__', 'Qualified', 'open', 200, 'USD',
        date '2025-03-01', null
    ),
    (
        'd6', 'a3', 'a3', null, 'o1', 'East', '__unattributed__', 'Won', 'won', 400, 'USD',
        date '2025-06-01', date '2025-07-10'
    ),
    (
        'd7', 'a4', 'a4', null, 'o2', 'West', '__unattributed__', 'Won', 'won', 100, 'USD',
        date '2025-06-15', date '2025-07-01'
    ),
    (
        'd8', 'a4', 'a4', null, 'o2', 'West', '__unattributed__', 'Duplicate', 'excluded', 700,
        'GBP', date '2025-06-15', null
    )
) as deals (
    opportunity_id, account_id, ultimate_parent_id, person_id, owner_id, team_id, channel, stage,
    outcome, amount, currency, created_date, final_close_date
);

-- d3 went back to the first stage once; the other deals stood in one stage until they closed.
insert into marts.fct_stage_events by name
with

entries as (

    from (
        unpivot (
            select
                concat('lead_cycle/', lead_cycle_id) as record_id,
                lead_cycle_id,
                person_id,
                owner_id,
                team_id,
                origin,
                channel,
                is_reentered,
                coalesce(reject_reason, '__missing__') as reason,
                case when cycle_no = 1 then lead_at end as "lead", mql_at as "mql",
                sal_at as "sal", sql_at as "sql", opportunity_at as "opportunity",
                customer_at as "customer", rejected_at as "rejected",
                recycled_at as "recycled", disqualified_at as "disqualified"
            from marts.fct_lead_cycles
        )
        on "lead", "mql", "sal", "sql", "opportunity", "customer", "rejected", "recycled",
            "disqualified"
        into name stage value entered_at
    )
    inner join (
        values
        ('lead', 20), ('mql', 30), ('sal', 40), ('sql', 50), ('opportunity', 60),
        ('customer', 70), ('rejected', 80), ('recycled', 90), ('disqualified', 90)
    ) as stages (stage, stage_order) using (stage)

),

records as (

    select
        * exclude (is_reentered),
        stage = 'recycled' and is_reentered as is_reentered,
        'lead_cycle' as record_type,
        null as opportunity_id,
        false as is_regression,
        stage in ('customer', 'recycled', 'disqualified') as is_terminal
    from entries
    union all by name
    select
        concat('opportunity/', opportunity_id) as record_id,
        'opportunity' as record_type,
        opportunity_id,
        owner_id,
        team_id,
        moves.stage,
        moves.stage_order,
        moves.entered_at,
        moves.is_regression,
        moves.stage_order > 30 as is_terminal,
        false as is_reentered
    from marts.fct_opportunities
    cross join lateral (
        values
        ('Qualified', 20, created_at, false),
        ('Proposal', 30, if(opportunity_id = 'd3', created_at + interval 1 day, null), false),
        ('Qualified', 20, if(opportunity_id = 'd3', created_at + interval 3 day, null), true),
        ('Won', 90, if(outcome = 'won', closed_at, null), false),
        ('Lost', 91, if(outcome = 'lost', closed_at, null), false)
    ) as moves (stage, stage_order, entered_at, is_regression)
    where moves.entered_at is not null and not fct_opportunities.is_excluded

),

visits as (

    select
        *,
        row_number() over (partition by record_id order by entered_at, stage_order) as entry_no,
        coalesce(
            lead(entered_at) over (partition by record_id order by entered_at, stage_order),
            case when is_terminal then entered_at end
        ) as exited_at
    from records

)

select
    *,
    concat(record_id, '/', entry_no) as stage_event_id,
    cast(entered_at as date) as entered_date,
    exited_at is null as is_open,
    false as is_imputed,
    true as is_counted,
    (
        epoch_us(coalesce(exited_at, timestamp '2025-07-31 12:00:00')) - epoch_us(entered_at)
    ) / 86400000000.0 as duration_days
from visits;

insert into marts.fct_stage_transitions by name
with

followed as (

    select
        events.lead_cycle_id,
        events.person_id,
        events.owner_id,
        events.team_id,
        events.channel,
        events.origin,
        events.entered_date,
        events.entered_at,
        steps.step,
        steps.window_days,
        case steps.next_stage
            when 'mql' then cycles.mql_at
            when 'sal' then cycles.sal_at
            when 'sql' then cycles.sql_at
            when 'opportunity' then cycles.opportunity_at
            else cycles.customer_at
        end as next_stage_at,
        least(cycles.recycled_at, cycles.disqualified_at) as left_at,
        events.origin = 'marketing' or not steps.is_marketing as is_in_rate
    from marts.fct_stage_events as events
    inner join (
        values
        ('lead', 'mql', 'lead_to_mql', 90, true), ('mql', 'sal', 'mql_to_sal', 14, true),
        ('mql', 'sql', 'mql_to_sql', 30, true), ('sal', 'sql', 'sal_to_sql', 30, false),
        ('sql', 'opportunity', 'sql_to_opp', 30, false),
        ('sql', 'customer', 'sql_to_customer', 180, false),
        ('lead', 'customer', 'lead_to_customer', 365, false)
    ) as steps (stage, next_stage, step, window_days, is_marketing) using (stage)
    inner join marts.fct_lead_cycles as cycles using (lead_cycle_id)
    where events.record_type = 'lead_cycle'

)

select
    *,
    concat(lead_cycle_id, '/', step) as stage_transition_id,
    case
        when next_stage_at is not null then 'converted'
        when left_at <= entered_at + to_days(window_days) then 'left'
        when entered_at + to_days(window_days) <= '2025-07-31 12:00:00' then 'stalled'
        else 'undecided'
    end as outcome,
    outcome = 'converted' as is_converted,
    false as is_late_conversion,
    outcome = 'left' as is_leaked,
    outcome = 'stalled' as is_stalled,
    date_trunc('month', entered_date) + interval 1 month + to_days(window_days)
    <= date '2025-07-31' as is_cohort_mature,
    (epoch_us(next_stage_at) - epoch_us(entered_at)) / 86400000000.0 as velocity_days
from followed;

insert into marts.funnel_steps by name
select
    grains.period_grain,
    case
        when grains.period_grain = 'all' then date '2025-01-01'
        else cast(date_trunc(grains.period_grain, entered_date) as date)
    end as period_start_date,
    step,
    count(*) as entered_count,
    count(*) filter (where is_converted) as converted_count,
    0 as late_conversion_count,
    count(*) filter (where is_leaked) as left_count,
    count(*) filter (where is_stalled) as stalled_count,
    entered_count - converted_count - left_count - stalled_count as undecided_count,
    converted_count / entered_count as conversion_rate,
    0 as ci_low,
    1 as ci_high,
    max(
        case grains.period_grain
            when 'month' then date_trunc('month', entered_date) + interval 1 month
            when 'quarter' then date_trunc('quarter', entered_date) + interval 3 month
            when 'year' then date_trunc('year', entered_date) + interval 1 year
            else entered_date + 1
        end + to_days(window_days)
    ) <= date '2025-07-31' as is_mature,
    if(is_mature, left_count / entered_count, null) as leakage_rate,
    if(is_mature, stalled_count / entered_count, null) as stall_rate,
    median(velocity_days) as median_days,
    max(velocity_days) as p90_days
from marts.fct_stage_transitions
cross join (values ('month'), ('quarter'), ('year'), ('all')) as grains (period_grain)
where is_in_rate
group by 1, 2, 3;

insert into marts.fct_bookings by name
select
    concat(opportunity_id, '/', event_no, '/', owner_id) as booking_id,
    * exclude (event_no),
    split_share = 1 or owner_id = 'o1' as is_primary_credit
from (
    values
    (
        'd1', 1, 'a1', 'o1', 'East', 'paid_search', 'win', date '2025-06-20', 1, 1000, 1
    ),
    (
        'd5', 1, 'a3', 'o2', 'West', '__unattributed__', 'win', date '2025-04-15', 1, 200, 1
    ),
    (
        'd5', 2, 'a3', 'o2', 'West', '__unattributed__', 'reopen', date '2025-05-15', 1, -200, -1
    ),
    (
        'd6', 1, 'a3', 'o1', 'East', '__unattributed__', 'win', date '2025-07-10', 0.6, 240, 1
    ),
    (
        'd6', 1, 'a3', 'o2', 'West', '__unattributed__', 'win', date '2025-07-10', 0.4, 160, 0
    ),
    (
        'd7', 1, 'a4', 'o2', 'West', '__unattributed__', 'win', date '2025-07-01', 1, 100, 1
    ),
    (
        'd7', 2, 'a4', 'o2', 'West', '__unattributed__', 'refund_reversal', date '2025-07-09', 1,
        -100, -1
    )
) as ledger (
    opportunity_id, event_no, ultimate_parent_id, owner_id, team_id, channel, event_type,
    booking_date, split_share, amount, new_customer_delta
);

insert into marts.metric_definitions by name
select
    metric_id,
    1 as metric_version,
    metric_id as name_en,
    '指标' as name_zh,
    metric_id as definition_en,
    '定义' as definition_zh,
    'formula' as formula,
    '公式' as formula_zh,
    unit,
    kind,
    kind in ('count', 'sum') and metric_id <> 'open_pipeline_amount' as is_additive,
    if(metric_id = 'rejection_mix', 'owner', null) as share_dimensions,
    'Head of Sales' as owner_sales,
    'Head of Marketing' as owner_marketing,
    date '2025-01-01' as signed_sales_on,
    date '2025-01-01' as signed_marketing_on,
    sha256(metric_id) as definition_hash
from (
    values
    ('lead_count', 'people', 'count'),
    ('mql_count', 'cycles', 'count'),
    ('opportunity_count', 'deals', 'count'),
    ('new_customer_count', 'accounts', 'count'),
    ('lead_to_customer_rate', 'ratio', 'proportion'),
    ('win_rate', 'ratio', 'proportion'),
    ('win_rate_amount', 'ratio', 'ratio'),
    ('avg_deal_size', 'money', 'mean'),
    ('median_deal_size', 'money', 'median'),
    ('sales_cycle_days', 'days', 'median'),
    ('mean_sales_cycle_days', 'days', 'mean'),
    ('sales_revenue', 'money', 'sum'),
    ('first_response_sla_rate', 'ratio', 'proportion'),
    ('response_coverage', 'ratio', 'proportion'),
    ('first_response_minutes', 'minutes', 'median'),
    ('time_to_contact_minutes', 'minutes', 'median'),
    ('mean_first_response_minutes', 'minutes', 'mean'),
    ('routing_delay_minutes', 'minutes', 'median'),
    ('rep_delay_minutes', 'minutes', 'median'),
    ('mql_acceptance_rate', 'ratio', 'proportion'),
    ('mql_acceptance_rate_decided', 'ratio', 'proportion'),
    ('decision_timeliness_rate', 'ratio', 'proportion'),
    ('mql_undecided_rate', 'ratio', 'proportion'),
    ('no_fit_rejection_rate', 'ratio', 'proportion'),
    ('followup_compliance_rate', 'ratio', 'proportion'),
    ('sla_pipeline_delivered', 'money', 'sum'),
    ('pipeline_per_mql', 'money', 'mean'),
    ('mql_volume_attainment', 'ratio', 'ratio'),
    ('open_pipeline_amount', 'money', 'sum'),
    ('marketing_program_cost', 'money', 'sum'),
    ('cpl', 'money', 'mean'),
    ('cpl_paid', 'money', 'mean'),
    ('icp_match_rate', 'ratio', 'proportion'),
    ('unknown_share', 'ratio', 'proportion'),
    ('persona_coverage_rate', 'ratio', 'proportion'),
    ('mql_new_count', 'cycles', 'count'),
    ('mql_recycled_count', 'cycles', 'count'),
    ('sal_count', 'cycles', 'count'),
    ('sql_count', 'cycles', 'count'),
    ('sql_marketing_count', 'cycles', 'count'),
    ('sql_sales_sourced_count', 'cycles', 'count'),
    ('sql_partner_sourced_count', 'cycles', 'count'),
    ('sql_customer_success_sourced_count', 'cycles', 'count'),
    ('recycled_count', 'cycles', 'count'),
    ('disqualified_count', 'cycles', 'count'),
    ('rejected_count', 'cycles', 'count'),
    ('rejection_mix', 'ratio', 'proportion'),
    ('lead_to_mql_rate', 'ratio', 'proportion'),
    ('mql_to_sql_rate', 'ratio', 'proportion'),
    ('sal_to_sql_rate', 'ratio', 'proportion'),
    ('sql_to_opp_rate', 'ratio', 'proportion'),
    ('sales_conversion_rate', 'ratio', 'proportion'),
    ('conversion_period_ratio', 'ratio', 'ratio'),
    ('stage_velocity_days', 'days', 'median'),
    ('lead_to_mql_days', 'days', 'median'),
    ('mql_to_sal_days', 'days', 'median'),
    ('sal_to_sql_days', 'days', 'median'),
    ('sql_to_opp_days', 'days', 'median'),
    ('sql_to_customer_days', 'days', 'median'),
    ('lead_to_customer_days', 'days', 'median'),
    ('stage_leakage_rate', 'ratio', 'proportion'),
    ('stage_stall_rate', 'ratio', 'proportion'),
    ('reentry_rate', 'ratio', 'proportion'),
    ('regression_rate', 'ratio', 'proportion'),
    ('untimed_stage_rate', 'ratio', 'proportion'),
    ('visit_to_lead_rate', 'ratio', 'ratio'),
    ('lead_match_gap', 'people', 'sum'),
    ('l2a_match_rate', 'ratio', 'proportion'),
    ('l2a_ambiguity_rate', 'ratio', 'proportion'),
    ('l2a_precision', 'ratio', 'proportion'),
    ('journey_completeness_rate', 'ratio', 'proportion')
) as metrics (metric_id, unit, kind);

insert into raw_meta.published_definitions
select metric_id, 1, sha256(metric_id) from marts.metric_definitions;

insert into marts.fct_external_factors by name
select
    *,
    factor_type as factor_type_source_value,
    'down' as expected_direction,
    'high' as confidence,
    'Head of Marketing' as recorded_by,
    timestamp '2025-05-01 08:00:00' as recorded_at,
    false as is_hindsight
from (
    values
    (
        'f1', 'Trade fair', 'event', 'all', null, false, null,
        date '2025-06-03', date '2025-06-05'
    ),
    (
        'f2', 'MQL threshold', 'rule_change', 'team=East', 'mql_count, lead_count', true, true,
        date '2025-06-01', null
    )
) as factors (
    factor_id, name_en, factor_type, scope, metric_ids, is_rule_change, is_signed,
    start_date, end_date
);

-- Software in the North fits. p1 and a1 are known to, p2 and a2 by their industry alone, of p5 and
-- a3 too little is known, p6 and a4 are in the North with another industry.
insert into raw_mapped.icp_rules (fit_attribute, matches_value, score, weight) values
    ('industry', 'software', 1, 60),
    ('region', 'North', 1, 40);

insert into raw_mapped.icp_tiers (tier, min_score) values ('A', 80), ('B', 60), ('C', 40);

insert into raw_meta.file_loads by name
select
    concat(entity, '.csv') as source_file, entity, rows_loaded as rows_read, rows_loaded,
    0 as rows_quarantined, 0 as rows_superseded, 0 as rows_filtered
from (values ('icp_rules', 2), ('icp_tiers', 3)) as loads (entity, rows_loaded);

insert into marts.fit_scores by name
select
    concat(subject, ' ', subject_id, ' ', attributes.fit_attribute) as fit_score_id,
    subject,
    subject_id,
    attributes.*,
    'undated' as icp_rules_version,
    attribute_value is not null as is_known,
    if(coalesce(attribute_value, 'energy') = 'energy', 0, 1) as score
from (
    values
    ('person', 'p1', 'software', 'north'), ('person', 'p2', 'software', null),
    ('person', 'p5', null, 'north'), ('person', 'p6', 'energy', 'north'),
    ('account', 'a1', 'software', 'north'), ('account', 'a2', 'software', null),
    ('account', 'a3', null, 'north'), ('account', 'a4', 'energy', 'north')
) as subjects (subject, subject_id, industry, region)
cross join lateral (
    values ('industry', industry, 0.6), ('region', region, 0.4)
) as attributes (fit_attribute, attribute_value, weight);

create temporary table fit as
select
    subject_id,
    100 * sum(weight * score) as icp_fit_score,
    sum(if(is_known, weight, 0)) as fit_coverage,
    case right(subject_id, 1)
        when '1' then 'A'
        when '2' then 'B'
        when '4' then 'C'
        when '6' then 'C'
        else 'unknown'
    end as icp_tier
from marts.fit_scores
group by 1;

update marts.dim_person set
    icp_fit_score = fit.icp_fit_score, fit_coverage = fit.fit_coverage, icp_tier = fit.icp_tier
from fit where person_id = subject_id;

update marts.dim_account set
    icp_fit_score = fit.icp_fit_score, fit_coverage = fit.fit_coverage, icp_tier = fit.icp_tier
from fit where account_id = subject_id;

update marts.fct_lead_cycles set
    icp_tier = fit.icp_tier, mql_icp_tier = fit.icp_tier, persona = 'champion'
from fit where person_id = subject_id;

update marts.fct_stage_events set icp_tier = fit.icp_tier, persona = 'champion'
from fit where person_id = subject_id;

update marts.fct_handoffs set icp_tier = fit.icp_tier, persona = 'champion'
from fit where person_id = subject_id;

-- A deal needs two personas; d3 has both, d5 one.
update marts.fct_opportunities set
    icp_tier = fit.icp_tier,
    open_date = open_snapshot_date,
    required_persona_count = if(outcome = 'open', 2, null),
    present_persona_count = case opportunity_id when 'd3' then 2 when 'd5' then 1 end
from fit where account_id = subject_id;

-- As if the company scored its own MQLs: p1 asked for a demo, p5 had the points once.
insert into raw_mapped.touches (touch_id, person_id) values ('t1', 'p1'), ('t2', 'p5'), ('t3', 'p5');

insert into raw_meta.file_loads by name
select
    'touches.csv' as source_file, 'touches' as entity, 3 as rows_read, 3 as rows_loaded,
    0 as rows_quarantined, 0 as rows_superseded, 0 as rows_filtered;

insert into marts.mql_evidence by name
select
    lead_cycle_id, person_id, mql_at, 'own_score' as mql_source, mql_rule, tier as icp_tier,
    points as engagement_points, if(points is null, null, 50) as engagement_threshold, touch_ids,
    touch_count
from marts.fct_lead_cycles
inner join (
    values
    ('p1/1', 'hand_raiser', 'A', 10, 't1', 1),
    ('p5/1', 'fit_and_engagement', 'B', 60, 't2, t3', 2),
    ('p5/2', 'imputed', 'unknown', null, null, null)
) as rules (lead_cycle_id, mql_rule, tier, points, touch_ids, touch_count) using (lead_cycle_id);

insert into marts.account_journeys by name
select
    concat(account_id, '/', event_no) as event_id,
    *,
    'crm' as source_system,
    false as is_imputed,
    event_type = 'deal_won' as is_new_customer,
    opportunity_id = 'd1' and event_type = 'deal_won' as is_journey_complete,
    case when event_type = 'deal_won' then cast(event_at as date) end as new_customer_date
from (
    values
    ('a1', 1, 'p1', null, 'touch', 'form', timestamp '2025-05-05 08:00:00'),
    ('a1', 2, 'p1', null, 'stage', 'lead', timestamp '2025-05-05 08:00:00'),
    ('a1', 3, 'p1', 'd1', 'deal_won', 'Won', timestamp '2025-06-20 00:00:00'),
    ('a3', 1, null, 'd6', 'deal_won', 'Won', timestamp '2025-07-10 00:00:00')
) as journeys (
    account_id, event_no, person_id, opportunity_id, event_type, event_name, event_at
);

create temporary table events as
select 'lead_count' as metric_id, lead_date as event_date, 1.0 as numerator, null as denominator,
    owner_id, team_id, channel
from marts.fct_lead_cycles where is_lead_counted
union all
select 'lead_to_customer_rate', lead_date, if(is_lead_to_customer, 1, 0), 1,
    owner_id, team_id, channel
from marts.fct_lead_cycles where is_lead_counted
union all
select 'mql_count', mql_credited_date, 1, null, owner_id, team_id, channel
from marts.fct_lead_cycles where is_mql_credited
union all
select 'opportunity_count', qualified_counted_date, 1, null, owner_id, team_id, channel
from marts.fct_opportunities where is_counted_qualified
union all
select metric.metric_id, decided_date, metric.numerator, metric.denominator,
    owner_id, team_id, channel
from marts.fct_opportunities
cross join lateral (
    values
    ('win_rate', if(outcome = 'won', 1, 0), 1),
    ('win_rate_amount', if(outcome = 'won', win_rate_amount, 0), win_rate_amount),
    ('avg_deal_size', if(outcome = 'won', amount_reporting, 0), if(outcome = 'won', 1, 0)),
    ('median_deal_size', null, if(outcome = 'won', 1, 0)),
    ('sales_cycle_days', null, if(outcome = 'won', 1, 0)),
    ('mean_sales_cycle_days', coalesce(sales_cycle_days, 0), if(outcome = 'won', 1, 0))
) as metric (metric_id, numerator, denominator)
where is_decided
union all
select metric.metric_id, response_cohort_date, metric.numerator, metric.denominator,
    owner_id, team_id, channel
from marts.fct_handoffs
cross join lateral (
    values
    ('first_response_sla_rate', if(is_answered_in_time, 1, 0), if(is_response_due, 1, 0)),
    ('response_coverage', if(is_answered, 1, 0), if(is_response_due, 1, 0)),
    ('first_response_minutes', null, if(response_business_minutes is null, 0, 1)),
    ('time_to_contact_minutes', null, if(time_to_contact_minutes is null, 0, 1)),
    ('mean_first_response_minutes', coalesce(response_business_minutes, 0), if(is_answered, 1, 0)),
    ('routing_delay_minutes', null, if(routing_delay_minutes is null, 0, 1)),
    ('rep_delay_minutes', null, if(rep_delay_minutes is null, 0, 1)),
    ('mql_acceptance_rate', if(decision = 'accepted', 1, 0), 1),
    ('mql_acceptance_rate_decided', if(decision = 'accepted', 1, 0), if(decision = 'accepted', 1, 0)),
    ('decision_timeliness_rate', if(decision_status = 'met', 1, 0), 1),
    ('mql_undecided_rate', if(decision_status = 'breached_undecided', 1, 0), 1),
    ('no_fit_rejection_rate', 0, 1),
    ('followup_compliance_rate', if(followup_status = 'connected', 1, 0), 1),
    ('sla_pipeline_delivered', 100, null),
    ('pipeline_per_mql', 100, 1)
) as metric (metric_id, numerator, denominator)
where response_cohort_date is not null
union all
select 'open_pipeline_amount', open_snapshot_date, amount_reporting, null,
    owner_id, team_id, channel
from marts.fct_opportunities where is_open_qualified
union all
select 'sales_revenue', booking_date, amount, null, owner_id, team_id, channel
from marts.fct_bookings
union all
select 'new_customer_count', booking_date, new_customer_delta, null, owner_id, team_id, channel
from marts.fct_bookings;

alter table events add column campaign varchar;
alter table events add column cost_type varchar;

insert into events by name
select 'marketing_program_cost' as metric_id, cost_date as event_date,
    amount_reporting as numerator, channel, campaign, cost_type
from marts.fct_costs where is_program_cost;

insert into events by name
select 'cpl' as metric_id, cost_date as event_date, amount_reporting as numerator,
    0 as denominator, channel, campaign
from marts.fct_costs where is_program_cost
union all
select 'cpl_paid', cost_date, amount_reporting, 0, channel, campaign
from marts.fct_costs where is_paid_media
union all
select 'cpl', lead_date, 0, 1, channel, campaign
from marts.fct_lead_cycles where is_lead_counted and origin = 'marketing'
union all
select 'cpl_paid', lead_date, 0, 1, channel, campaign
from marts.fct_lead_cycles where is_lead_counted and is_paid_channel;

alter table events add column icp_tier varchar;

insert into events by name
select
    metric.metric_id, lead_date as event_date, metric.numerator, metric.denominator, owner_id,
    team_id, channel, icp_tier
from marts.fct_lead_cycles
cross join lateral (
    values
    ('icp_match_rate', if(icp_tier in ('A', 'B'), 1, 0), if(icp_tier = 'unknown', 0, 1)),
    ('unknown_share', if(icp_tier = 'unknown', 1, 0), 1)
) as metric (metric_id, numerator, denominator)
where is_lead_counted;

insert into events by name
select
    'persona_coverage_rate' as metric_id, open_date as event_date,
    if(present_persona_count = required_persona_count, 1, 0) as numerator, 1 as denominator,
    owner_id, team_id, channel, icp_tier
from marts.fct_opportunities where open_date is not null;

-- Deals are sliced by the fit of their accounts too.
update events set icp_tier = deals.icp_tier
from marts.fct_opportunities as deals
where
    events.metric_id = 'win_rate'
    and events.event_date = deals.decided_date
    and events.owner_id = deals.owner_id;

alter table events add column origin varchar;

insert into events by name
select metric.metric_id, entered_date as event_date, metric.numerator, metric.denominator,
    owner_id, team_id, channel, origin
from marts.fct_stage_events
cross join lateral (
    values
    ('sal_count', if(stage = 'sal', 1, null), null),
    ('sql_count', if(stage = 'sql', 1, null), null),
    ('sql_marketing_count', if(stage = 'sql', if(origin = 'marketing', 1, 0), null), null),
    ('sql_sales_sourced_count', if(stage = 'sql', if(origin = 'sales', 1, 0), null), null),
    ('sql_partner_sourced_count', if(stage = 'sql', 0, null), null),
    ('sql_customer_success_sourced_count', if(stage = 'sql', 0, null), null),
    ('recycled_count', if(stage = 'recycled', 1, null), null),
    ('disqualified_count', if(stage = 'disqualified', 1, null), null),
    ('rejected_count', if(stage = 'recycled', 0, null), null),
    ('rejection_mix', if(stage = 'recycled', 0, null), 0),
    ('reentry_rate', if(stage = 'recycled', if(is_reentered, 1, 0), null), 1),
    ('untimed_stage_rate', if(stage_order < 80, 0, null), 1),
    (
        'conversion_period_ratio',
        if(origin = 'marketing' and stage in ('mql', 'sql'), if(stage = 'sql', 1, 0), null),
        if(stage = 'mql', 1, 0)
    )
) as metric (metric_id, numerator, denominator)
where record_type = 'lead_cycle' and metric.numerator is not null
union all
select metric.metric_id, entered_date, metric.numerator, metric.denominator,
    owner_id, team_id, channel, origin
from marts.fct_stage_transitions
cross join lateral (
    values
    ('lead_to_mql_rate', 'lead_to_mql', if(is_converted, 1, 0), 1),
    ('mql_to_sql_rate', 'mql_to_sql', if(is_converted, 1, 0), 1),
    ('sal_to_sql_rate', 'sal_to_sql', if(is_converted, 1, 0), 1),
    ('sql_to_opp_rate', 'sql_to_opp', if(is_converted, 1, 0), 1),
    ('sales_conversion_rate', 'sql_to_customer', if(is_converted, 1, 0), 1),
    ('stage_velocity_days', 'mql_to_sql', null, if(velocity_days is null, 0, 1)),
    ('lead_to_mql_days', 'lead_to_mql', null, if(velocity_days is null, 0, 1)),
    ('mql_to_sal_days', 'mql_to_sal', null, if(velocity_days is null, 0, 1)),
    ('sal_to_sql_days', 'sal_to_sql', null, if(velocity_days is null, 0, 1)),
    ('sql_to_opp_days', 'sql_to_opp', null, if(velocity_days is null, 0, 1)),
    ('sql_to_customer_days', 'sql_to_customer', null, if(velocity_days is null, 0, 1)),
    ('lead_to_customer_days', 'lead_to_customer', null, if(velocity_days is null, 0, 1)),
    ('stage_leakage_rate', 'mql_to_sql', if(is_leaked, 1, 0), 1),
    ('stage_stall_rate', 'mql_to_sql', if(is_stalled, 1, 0), 1)
) as metric (metric_id, step, numerator, denominator)
where is_in_rate and fct_stage_transitions.step = metric.step
union all
select metric_id, mql_credited_date, if(concat('mql_', mql_class, '_count') = metric_id, 1, 0),
    null, owner_id, team_id, channel, null
from marts.fct_lead_cycles
cross join (values ('mql_new_count'), ('mql_recycled_count')) as metrics (metric_id)
where is_mql_credited
union all
select 'regression_rate', created_date, if(regression_count > 0, 1, 0), 1,
    owner_id, team_id, channel, null
from marts.fct_opportunities where not is_excluded;
insert into events by name
select metric.metric_id, created_date as event_date, metric.numerator, metric.denominator, channel
from marts.account_matches
cross join lateral (
    values
    ('l2a_match_rate', if(is_matched, 1, 0), 1),
    ('l2a_ambiguity_rate', if(is_ambiguous, 1, 0), if(is_matched, 1, 0))
) as metric (metric_id, numerator, denominator);

insert into events by name
select 'l2a_precision' as metric_id, decided_date as event_date,
    if(is_match_correct, 1, 0) as numerator, if(is_match_checked, 1, 0) as denominator, channel
from marts.account_match_checks
union all
select 'journey_completeness_rate', new_customer_date, if(is_journey_complete, 1, 0), 1, channel
from marts.account_journeys where is_new_customer;

alter table events add column channel_group varchar;

insert into events by name
select 'visit_to_lead_rate' as metric_id, lead_date as event_date,
    if(has_web_session, 1, 0) as numerator, 0 as denominator, channel_group
from marts.fct_lead_cycles where lead_date is not null
union all
select 'visit_to_lead_rate', visit_date, 0, sessions, channel_group
from marts.fct_web_traffic_daily where visit_date is not null;

insert into events by name
select 'lead_match_gap' as metric_id, match_date as event_date,
    reported_count - crm_count as numerator, channel, campaign
from marts.fct_lead_match_daily;

insert into events by name
select 'mql_volume_attainment' as metric_id, handoff_date as event_date,
    if(is_credited, 1, 0) as numerator, 0 as denominator
from marts.fct_handoffs
union all
select 'mql_volume_attainment', commitment_date, 0, committed_count
from marts.fct_mql_commitments;

insert into marts.kpi_values by name
select
    events.metric_id,
    1 as metric_version,
    grains.period_grain,
    case
        when grains.period_grain = 'all' then date '2025-01-01'
        else cast(date_trunc(grains.period_grain, event_date) as date)
    end as period_start_date,
    members.dimension,
    members.dimension_value,
    sum(events.numerator) as numerator,
    sum(events.denominator) as denominator,
    case
        when sum(events.denominator) is null then sum(events.numerator)
        when sum(events.numerator) is null then if(sum(events.denominator) > 0, 40, null)
        when sum(events.denominator) > 0 then sum(events.numerator) / sum(events.denominator)
    end as value,
    if(sum(events.numerator) is null, value, null) as p90_value,
    any_value(metric_definitions.unit) as unit,
    if(any_value(metric_definitions.kind) = 'proportion', 0, null) as ci_low,
    if(any_value(metric_definitions.kind) = 'proportion', 1, null) as ci_high,
    true as is_mature,
    true as low_n,
    timestamp '2025-07-31 12:00:00' as as_of,
    'run-1' as run_id
from events
inner join marts.metric_definitions using (metric_id)
cross join (
    values ('day'), ('week'), ('month'), ('quarter'), ('year'), ('all')
) as grains (period_grain)
cross join lateral (
    values ('all', 'all'), ('owner', owner_id), ('team', team_id), ('channel', channel),
        ('campaign', campaign), ('cost_type', cost_type), ('icp_tier', icp_tier), ('origin', origin),
        ('channel_group', channel_group)
) as members (dimension, dimension_value)
where
    members.dimension_value is not null
    and (
        grains.period_grain not in ('day', 'week')
        or members.dimension = 'all'
        -- There is a target for one member of these KPIs only.
        or (
            members.dimension_value = 'paid_search'
            and events.metric_id in ('mql_count', 'cpl', 'sales_revenue')
        )
    )
group by 1, 2, 3, 4, 5, 6;

-- Three hand-offs, all in the North: one kept, one late, one never answered.
insert into marts.sla_attainment by name
select
    promises.*,
    grains.period_grain,
    date '2025-01-01' as period_start_date,
    members.region,
    'all' as segment,
    'all' as team_id,
    'missed' as attainment_status,
    committed_value as committed_to_date,
    delivered / committed_value as attainment,
    delivered / committed_value as pace,
    3 as n,
    0 as not_due_count,
    if(promise = 'first_response', 40, null) as median_minutes,
    if(promise = 'first_response', 60, null) as p90_minutes,
    true as low_n,
    true as is_mature
from (
    values
    ('marketing', 'mql_volume', 'mql_volume_attainment', 4, 2, 3, null, null, null, 0, 0, 0, 1, 0),
    ('sales', 'first_response', 'first_response_sla_rate', 3, 1, 1, 1, 1, 0, null, null, null, null, null),
    (
        'sales', 'decision', 'decision_timeliness_rate', 3, 1, 1, 0, 2, 0, null, null, null, null,
        null
    ),
    (
        'sales', 'follow_up_attempts', 'followup_compliance_rate', 3, 1, 1, 0, 2, 0, null, null,
        null, null, null
    )
) as promises (
    side, promise, metric_id, committed_value, delivered, met_count, late_count, unanswered_count,
    outside_count, other_origin_count, unfit_count, declined_count, recycled_count, unpromised_count
)
cross join (values ('year')) as grains (period_grain)
cross join (values ('all'), ('North')) as members (region);

insert into marts.sla_breaches by name
select
    handoffs.lead_cycle_id,
    handoffs.person_id,
    handoffs.owner_id,
    promises.promise,
    promises.metric_id,
    1 as metric_version,
    if(answered_at is null, 'overdue', 'late') as breach_status,
    30 as business_minutes_over,
    'https://crm.example/people/' || handoffs.person_id as record_url,
    handoffs.handoff_at,
    promises.due_at,
    promises.answered_at
from marts.fct_handoffs as handoffs
cross join lateral (
    values
    (
        'first_response', 'first_response_sla_rate',
        handoffs.due_at, handoffs.first_human_attempt_at
    ),
    ('decision', 'decision_timeliness_rate', handoffs.decision_due_at, handoffs.decided_at),
    (
        'follow_up_attempts', 'followup_compliance_rate',
        handoffs.followup_ends_at, handoffs.first_contact_at
    )
) as promises (promise, metric_id, due_at, answered_at)
where handoffs.lead_cycle_id <> 'p1/1';

insert into raw_mapped.web_events (user_pseudo_id, session_id, event_at, event_name) values
    ('ga4:1', '7', timestamp '2025-06-10 09:00:00', 'page_view'),
    ('ga4:1', '7', timestamp '2025-06-10 09:00:30', 'user_engagement');

insert into marts.fct_web_sessions (
    web_session_id, visitor_id, channel_group, source_system, event_count, pageviews, key_events, engagement_seconds,
    duration_seconds, engaged_session_seconds, is_engaged, is_engaged_exported, is_internal,
    session_date, started_at, ended_at
) values (
    'h1:7', 'h1', 'Email', 'ga4', 2, 1, 0, 20, 30, 10, true, true, false,
    '2025-06-10', timestamp '2025-06-10 09:00:00', timestamp '2025-06-10 09:00:30'
);

-- May has 22 business days, the block of fourteen days that begins on the fifth has ten.
insert into marts.goal_attainment by name
select
    goals.*,
    'lead_count' as metric_id,
    'all' as dimension,
    'all' as dimension_value,
    kpi_values.value as actual_value,
    kpi_values.value / goals.target_value as attainment,
    kpi_values.value / goals.target_value as pace,
    goals.target_value as target_to_date,
    business_days as business_days_elapsed
from (
    values ('month', date '2025-05-01', 44, 44, 22), ('biweek', date '2025-05-05', 20, null, 10)
) as goals (period_grain, period_start_date, target_value, given_target_value, business_days)
left join marts.kpi_values
    on
        kpi_values.metric_id = 'lead_count'
        and kpi_values.dimension = 'all'
        and goals.period_grain = kpi_values.period_grain
        and goals.period_start_date = kpi_values.period_start_date;
insert into raw_mapped.targets (metric_id, period_grain, period_start_date, target_value)
values ('lead_count', 'month', '2025-05-01', 44);

insert into marts.sla_plan by name
select 'quarter' as period_grain, date '2025-04-01' as period_start_date, 500000 as goal_amount,
    10000 as avg_deal_size, 0.25 as win_rate, 0.8 as sql_to_opp_rate, 0.4 as mql_to_sql_rate,
    625 as required_mqls;

-- One value counts as large enough, and lies below its line.
update marts.kpi_values set low_n = false
where metric_id = 'first_response_sla_rate' and period_grain = 'quarter' and dimension = 'all';

insert into marts.red_flags by name
select
    concat_ws('/', 'RF2', metric_id, period_grain, period_start_date, 'all', 'all') as red_flag_id,
    'RF2' as flag, 'sales' as owner_team, metric_id, metric_version, period_grain,
    period_start_date, dimension, dimension_value, value as observed_value, 0.8 as limit_value,
    denominator as case_count, true as is_open, as_of
from marts.kpi_values
where not low_n;
