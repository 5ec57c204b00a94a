-- LTV (as in ltv, from contracts) ÷ acquisition cost per customer, over the customers gained (new) in the 12 months
-- up to m whose acquisition cost is known; n counts those.
with gained as (
    select segment, r.month_no, sum(acquisition_cost) / count(*) as cost_each, count(*) as n
    from report_months r
    join movements v on v.month_no between r.month_no - 11 and r.month_no
    join customers using (customer_id)
    join members using (customer_id)
    where movement = 'new' and acquisition_cost is not null
    group by segment, r.month_no
),
relationships as (
    select segment, month_no, sum(closes) / count(*) as mean_months
    from tenures join members using (customer_id)
    group by segment, month_no
),
arpa as (
    select segment, month_no, sum(closing) / count(*) as arpa from under_contract group by segment, month_no
)
select segment, month_no, null as part, null as whole, n,
       arpa * gross_margin * mean_months / nullif(cost_each, 0) as value
from gained
left join relationships using (segment, month_no)
left join arpa using (segment, month_no)
cross join policy
