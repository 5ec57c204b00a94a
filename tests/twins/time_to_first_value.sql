-- Median days from first contract start to the first use of a core feature (Kaplan-Meier), over the customers
-- first contracted in the 12 months up to m; a use before the contract counts as day 0, none by E is censored there.
with first_uses as (
    select customer_id, min(day) as first_use from usage_days where core group by customer_id
),
cases as (
    select segment, month_no,
           coalesce(first_use <= last_day, false) as observed,
           case when observed then greatest(0, first_use - first_start) else last_day - first_start end as duration
    from report_months
    join first_starts on month_of(first_start) between month_no - 11 and month_no
    join members using (customer_id)
    left join first_uses using (customer_id)
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
