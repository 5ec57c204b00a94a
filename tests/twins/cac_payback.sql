-- Acquisition cost of the customers gained (new) in the 12 months up to m ÷ (their closing MRR of that month × margin),
-- over those whose acquisition cost is known.
select segment, r.month_no,
       sum(acquisition_cost) as part,
       sum(closing) * any_value(gross_margin) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months r
join movements v on v.month_no between r.month_no - 11 and r.month_no
join customers using (customer_id)
join members using (customer_id)
cross join policy
where movement = 'new' and acquisition_cost is not null
group by segment, r.month_no
