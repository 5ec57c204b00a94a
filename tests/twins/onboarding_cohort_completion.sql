-- Customers first contracted in the 12 months up to m, still here or lost: completed by their limit day
-- ÷ those whose limit day has come by E, or who are complete already.
with cohort as (
    select segment, month_no, last_day, completion_day, first_start + cast(onboarding_days as integer) as limit_day
    from report_months
    join first_starts on month_of(first_start) between month_no - 11 and month_no
    join members using (customer_id)
    left join completions using (customer_id)
    cross join policy
)
select segment, month_no,
       count(*) filter (where completion_day <= least(limit_day, last_day)) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from cohort
where last_day >= limit_day or completion_day <= last_day
group by segment, month_no
