-- Customers under contract with at least one milestone (required or not) completed by E ÷ customers under contract.
with started as (
    select customer_id, min(completed_on) as first_completed_on from milestones group by customer_id
)
select segment, month_no,
       count(*) filter (where first_completed_on <= last_day) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract left join started using (customer_id)
group by segment, month_no
