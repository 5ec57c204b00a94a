-- (New + reactivation + expansion) ÷ (contraction + churn) of the 3 months up to m;
-- n counts the customers' months that moved.
select segment, r.month_no,
       coalesce(sum(amount) filter (where movement in ('new', 'reactivation', 'expansion')), 0) as part,
       coalesce(sum(amount) filter (where movement in ('contraction', 'churn')), 0) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months r
join movements v on v.month_no between r.month_no - 2 and r.month_no
join members using (customer_id)
where movement <> 'none'
group by segment, r.month_no
