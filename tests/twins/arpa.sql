-- Closing MRR ÷ customers under contract.
select segment, month_no,
       sum(closing) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract
group by segment, month_no
