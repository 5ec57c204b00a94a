-- Required milestones completed by their due date ÷ required milestones due in the 3 months up to m (all customers).
select segment, month_no,
       count(*) filter (where completed_on <= due_on) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join milestones on month_of(due_on) between month_no - 2 and month_no
join members using (customer_id)
where coalesce(required, true)
group by segment, month_no
