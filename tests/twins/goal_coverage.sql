-- Customers under contract with a goal set by E ÷ customers under contract.
with aiming as (
    select customer_id, min(set_on) as first_set_on from goals group by customer_id
)
select segment, month_no,
       count(*) filter (where first_set_on <= last_day) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract left join aiming using (customer_id)
group by segment, month_no
