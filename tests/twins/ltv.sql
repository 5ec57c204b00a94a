-- Contracts: closing MRR per customer × gross margin × mean number of closes under contract up to m, over everyone
-- ever under contract at one. Where there are no contracts, orders: revenue up to E × margin ÷ customers who ordered.
with relationships as (
    select segment, month_no, sum(closes) / count(*) as mean_months, count(*) as n
    from tenures join members using (customer_id)
    group by segment, month_no
),
arpa as (
    select segment, month_no, sum(closing) / count(*) as arpa from under_contract group by segment, month_no
),
orders as (
    select segment, month_no, sum(amount) / count(distinct customer_id) as revenue_each,
           count(distinct customer_id) as n
    from report_months join purchases on purchased_on <= last_day join members using (customer_id)
    where not exists (select 1 from contracts)
    group by segment, month_no
)
select segment, month_no, null as part, null as whole, n, arpa * gross_margin * mean_months as value
from relationships left join arpa using (segment, month_no) cross join policy
union all
select segment, month_no, null, null, n, revenue_each * gross_margin
from orders cross join policy
