-- CSAT answers of 4 or 5 ÷ CSAT answers of the 3 months up to m.
select segment, month_no,
       count(*) filter (where score >= 4) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join answers on month_of(responded_on) between month_no - 2 and month_no
join members using (customer_id)
where kind = 'csat'
group by segment, month_no
