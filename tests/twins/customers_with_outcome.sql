-- Customers under contract with at least one goal achieved by E ÷ customers under contract.
with outcomes as (
    -- a goal is known from the day it was set
    select customer_id, min(if(achieved_on < set_on, set_on, achieved_on)) as first_outcome
    from goals group by customer_id
)
select segment, month_no,
       count(*) filter (where first_outcome <= last_day) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract left join outcomes using (customer_id)
group by segment, month_no
