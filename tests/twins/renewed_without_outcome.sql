-- Due terms that were replaced, of customers without a goal achieved up to the day of the renewal
-- ÷ due terms that were replaced, whose day lies in the 12 months up to m (the day as in renewal_rate).
with outcomes as (
    -- a goal is known from the day it was set
    select customer_id, min(if(achieved_on < set_on, set_on, achieved_on)) as first_outcome
    from goals group by customer_id
),
renewals as (
    select customer_id, effective_end - if(churn_month = 'last_day', 1, 0) as event_day
    from due_terms cross join policy where replaced
)
select segment, month_no,
       count(*) filter (where first_outcome is null or first_outcome > event_day) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join renewals on month_of(event_day) between month_no - 11 and month_no
join members using (customer_id)
left join outcomes using (customer_id)
group by segment, month_no
