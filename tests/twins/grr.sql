-- Sum over the customers of 12 months ago of min(MRR then, MRR now) ÷ their MRR then.
select segment, r.month_no,
       sum(least(past.closing, coalesce(now.closing, 0))) as part,
       sum(past.closing) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months r
join closings past on past.month_no = r.month_no - 12
left join closings now on now.customer_id = past.customer_id and now.month_no = r.month_no
join members on members.customer_id = past.customer_id
group by segment, r.month_no
