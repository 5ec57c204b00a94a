-- Customers under contract 12 months ago and now ÷ those 12 months ago.
select segment, r.month_no,
       count(now.customer_id) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months r
join closings past on past.month_no = r.month_no - 12
left join closings now on now.customer_id = past.customer_id and now.month_no = r.month_no
join members on members.customer_id = past.customer_id
group by segment, r.month_no
