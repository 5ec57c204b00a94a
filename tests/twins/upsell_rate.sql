-- Customers of the opening with an upsell in the month (more MRR on products they held) ÷ customers of the opening.
select segment, month_no,
       count(*) filter (where upsell > 0) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months join movements using (month_no) join members using (customer_id)
where opening > 0
group by segment, month_no
