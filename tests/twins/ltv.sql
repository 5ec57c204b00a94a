-- Contracts: closing MRR per customer × gross margin × mean number of closes under contract up to m, over everyone
-- ever under contract at one. Where contracts are not held, orders: revenue up to E × margin ÷ customers who ordered.
with relationships as (
    select segment, month_no, sum(closes) / count(*) as mean_months, count(*) as n
    from tenures join members using (customer_id)
    group by segment, month_no
),
arpa as (
    select segment, month_no, sum(closing) / count(*) as arpa from under_contract group by segment, month_no
),
orders as (
    select segment, month_no, sum(revenue) / nullif(count(*) filter (where standing), 0) as revenue_each,
           count(*) filter (where standing) as n
    from (
        select month_no, customer_id, bool_or(void_no is null or void_no > month_no) as standing,
               (select sum(amount) from order_lines line
                where line.customer_id = placed_orders.customer_id and line.line_no <= report_months.month_no) as revenue
        from report_months join placed_orders on placed_no <= month_no
        group by month_no, customer_id
    ) join members using (customer_id)
    where 'contracts' not in (select name from held)
    group by segment, month_no
)
select segment, month_no, null as part, null as whole, n, arpa * gross_margin * mean_months as value
from relationships left join arpa using (segment, month_no) cross join policy
union all
select segment, month_no, null, null, n, revenue_each * gross_margin
from orders cross join policy
