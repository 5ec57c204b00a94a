-- Closing MRR: the monthly amounts in force at the close.
select segment, month_no,
       coalesce(sum(closing), 0) as part,
       null as whole,
       count(under_contract.customer_id) as n,
       part as value
from grid left join under_contract using (segment, month_no)
group by segment, month_no
