-- Mean CES answer (1 to 7, 7 is easy) of the 3 months up to m: sum of scores ÷ answers.
select segment, month_no,
       sum(score) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join answers on month_of(responded_on) between month_no - 2 and month_no
join members using (customer_id)
where kind = 'ces'
group by segment, month_no
