-- Customers of the opening with a cross-sell in the month (MRR on products they did not hold) ÷ customers of the opening.
select segment, month_no,
       count(*) filter (where cross_sell > 0) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months join movements using (month_no) join members using (customer_id)
where opening > 0
group by segment, month_no
