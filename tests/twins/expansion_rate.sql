-- Expansion MRR of the month ÷ opening MRR.
select segment, month_no,
       coalesce(sum(amount) filter (where movement = 'expansion'), 0) as part,
       sum(opening) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months join movements using (month_no) join members using (customer_id)
where opening > 0
group by segment, month_no
