-- Department goals achieved by their due date ÷ department goals due in the 3 months up to m.
select segment, month_no,
       count(*) filter (where achieved_on <= due_on) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join goals on month_of(due_on) between month_no - 2 and month_no and set_on <= last_day
join members using (customer_id)
where level = 'department'
group by segment, month_no
