-- Proposals won ÷ proposals closed (won or lost) in the 3 months up to m.
select segment, month_no,
       count(*) filter (where status = 'won') as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join proposals on month_of(closed_on) between month_no - 2 and month_no
join members using (customer_id)
where status in ('won', 'lost')
group by segment, month_no
