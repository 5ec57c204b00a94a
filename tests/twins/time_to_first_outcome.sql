-- Median days from first contract start to the first goal achieved (Kaplan-Meier), over the customers
-- first contracted in the 24 months up to m; those without one at E are censored there.
with first_outcomes as (
    -- a goal is known from the day it was set
    select customer_id, min(if(achieved_on < set_on, set_on, achieved_on)) as first_outcome
    from goals group by customer_id
),
cases as (
    select segment, month_no,
           coalesce(first_outcome <= last_day, false) as observed,
           case when observed then greatest(0, first_outcome - first_start) else last_day - first_start end as duration
    from report_months
    join first_starts on month_of(first_start) between month_no - 23 and month_no
    join members using (customer_id)
    left join first_outcomes using (customer_id)
),
at_risk as (
    select segment, month_no, duration, count(*) filter (where observed) as events,
           sum(count(*)) over (partition by segment, month_no order by duration desc) as risk
    from cases group by segment, month_no, duration
),
curve as (
    select segment, month_no, duration,
           product(1 - events / risk) over (partition by segment, month_no order by duration) as surviving
    from at_risk
),
medians as (   -- the first day on which half or fewer are left; the hair's breadth is for rounding
    select segment, month_no, min(duration) filter (where surviving <= 0.5 + 1e-9) as median
    from curve group by segment, month_no
)
select segment, month_no, null as part, null as whole, count(*) as n, any_value(median) as value
from cases join medians using (segment, month_no)
group by segment, month_no
