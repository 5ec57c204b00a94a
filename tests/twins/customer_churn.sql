-- Customers lost in the month ÷ customers under contract at its opening.
select segment, month_no,
       count(*) filter (where movement = 'churn') as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months join movements using (month_no) join members using (customer_id)
where opening > 0
group by segment, month_no
