with

bookings as (

    select * from {{ ref('int_bookings_ledgered') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

deals as (

    select
        opportunity_id,
        region
    from {{ ref('stg_mapped__opportunities') }}

),

accounts as (

    select * from {{ ref('int_accounts_rolled_up') }}

),

owner_teams as (

    select * from {{ ref('int_owner_teams_dated') }}

),

opportunity_splits as (

    select * from {{ ref('stg_mapped__opportunity_splits') }}

),

revenue_splits as (

    select
        opportunity_id,
        coalesce(owner_id, '__unassigned__') as owner_id,
        sum(share) as owner_share
    from opportunity_splits
    where split_type = 'revenue'
    group by 1, 2

),

-- Scaled so that thirds written as 0.33 still add up to the whole deal; a
-- sum that is really off fails assert_revenue_splits_sum_to_one.
splits_scaled as (

    select
        opportunity_id,
        owner_id,
        owner_share
        / nullif(sum(owner_share) over (partition by opportunity_id), 0)
            as split_share
    from revenue_splits

),

owners_credited as (

    select
        opportunities.opportunity_id,
        coalesce(splits_scaled.owner_id, opportunities.owner_id) as owner_id,
        coalesce(splits_scaled.split_share, 1.0) as split_share,
        row_number() over (
            partition by opportunities.opportunity_id
            order by
                case
                    when splits_scaled.owner_id = opportunities.owner_id
                        then 0
                    else 1
                end,
                -1 * splits_scaled.split_share,
                splits_scaled.owner_id
        ) = 1 as is_primary_credit
    from opportunities
    left join splits_scaled
        on opportunities.opportunity_id = splits_scaled.opportunity_id

),

bookings_credited as (

    select
        ---------- ids
        concat(
            bookings.opportunity_id,
            '/',
            cast(bookings.event_no as varchar),
            '/',
            owners_credited.owner_id
        ) as booking_id,
        bookings.opportunity_id,
        bookings.account_id,
        bookings.ultimate_parent_id,
        owners_credited.owner_id,
        coalesce(owner_teams.team_id, '__unassigned__') as team_id,
        opportunities.product_id,

        ---------- strings
        bookings.event_type,
        coalesce(
            deals.region, owner_teams.region, accounts.region, '__missing__'
        ) as region,
        opportunities.segment,
        opportunities.channel,
        opportunities.order_type,
        opportunities.custom_fields,

        ---------- numerics
        owners_credited.split_share,
        bookings.amount * owners_credited.split_share as amount,
        case
            when owners_credited.is_primary_credit
                then bookings.new_customer_delta
            else 0
        end as new_customer_delta,

        ---------- booleans
        owners_credited.is_primary_credit,

        ---------- dates
        bookings.booking_date
    from bookings
    inner join opportunities
        on bookings.opportunity_id = opportunities.opportunity_id
    inner join deals
        on bookings.opportunity_id = deals.opportunity_id
    inner join owners_credited
        on bookings.opportunity_id = owners_credited.opportunity_id
    left join accounts
        on bookings.account_id = accounts.account_id
    left join owner_teams
        on
            owners_credited.owner_id = owner_teams.owner_id
            and bookings.booking_date >= owner_teams.valid_from
            and bookings.booking_date < owner_teams.valid_before

)

select * from bookings_credited
