-- Goals confirmed by the customer ÷ goals achieved in the 12 months up to m (goals known by E).
select segment, month_no,
       count(*) filter (where confirmed_by_customer) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join goals on month_of(achieved_on) between month_no - 11 and month_no and set_on <= last_day
join members using (customer_id)
group by segment, month_no
