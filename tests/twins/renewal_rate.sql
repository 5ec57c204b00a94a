-- Terms replaced at an agreed end ÷ those and the terms lost, in the month. A term's day is the last one before its replacement
-- starts or before its grace runs out; with churn_month `day_after` it is the day after that.
with events as (
    select customer_id, replaced, effective_end - if(churn_month = 'last_day', 1, 0) as event_day
    from due_terms cross join policy
)
select segment, month_no,
       count(*) filter (where replaced) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join events on month_of(event_day) = month_no
join members using (customer_id)
group by segment, month_no
