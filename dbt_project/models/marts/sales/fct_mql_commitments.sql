with

commitments as (

    select * from {{ ref('int_mql_commitments_dated') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

commitments_due as (

    select
        commitments.*,
        commitments.committed_value
        / commitments.business_days as daily_count,
        case when commitments.is_in_by_both then 1 else 0 end as in_both,
        case when commitments.is_in_by_region then 1 else 0 end as in_region,
        case when commitments.is_in_by_segment then 1 else 0 end
            as in_segment,
        case when commitments.is_in_by_all then 1 else 0 end as in_all
    from commitments
    cross join parameters
    where {{ is_day_over('commitments.date_day') }}

),

-- A whole may be promised beside its parts. Without a region or a segment
-- stands what the parts leave of it, or promise beyond it, so that the rows of
-- a region, of a segment and of the company add up to what each was promised.
commitments_apportioned as (

    select
        date_day,
        region,
        segment,
        daily_count * in_both as committed_count
    from commitments_due
    where is_in_by_both
    union all
    select
        date_day,
        region,
        '__unallocated__' as segment,
        daily_count * (in_region - in_both) as committed_count
    from commitments_due
    where region <> 'all' and in_region <> in_both
    union all
    select
        date_day,
        '__unallocated__' as region,
        segment,
        daily_count * (in_segment - in_both) as committed_count
    from commitments_due
    where segment <> 'all' and in_segment <> in_both
    union all
    select
        date_day,
        '__unallocated__' as region,
        '__unallocated__' as segment,
        daily_count * (in_all - in_region - in_segment + in_both)
            as committed_count
    from commitments_due
    where in_all - in_region - in_segment + in_both <> 0

),

commitments_added as (

    select
        ---------- ids
        md5(concat_ws(
            '/', cast(date_day as varchar), region, segment
        )) as mql_commitment_id,

        ---------- strings
        region,
        segment,

        ---------- numerics
        sum(committed_count) as committed_count,

        ---------- dates
        date_day as commitment_date
    from commitments_apportioned
    group by date_day, region, segment

)

select * from commitments_added
