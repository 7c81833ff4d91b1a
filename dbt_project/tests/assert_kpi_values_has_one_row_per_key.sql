-- Failing means a KPI would be shown twice, or added twice, for one period and
-- member: two targets for the same row, or a dimension member spelled twice.
select
    metric_id,
    period_grain,
    period_start_date,
    dimension,
    dimension_value,
    count(*) as row_count
from {{ ref('kpi_values') }}
group by 1, 2, 3, 4, 5
having count(*) > 1
