-- Customers under contract with any usage in the month ÷ customers under contract.
with active as (
    select distinct customer_id, month_of(day) as month_no from usage_days
)
select segment, month_no,
       count(active.customer_id) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract left join active using (customer_id, month_no)
group by segment, month_no
