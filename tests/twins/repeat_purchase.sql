-- Customers with two or more orders ÷ customers with an order, in the 12 months up to m; an order that credit
-- notes have taken back no longer counts.
with orders as (
    select month_no, customer_id, count(*) as orders
    from report_months join placed_orders on placed_no between month_no - 11 and month_no
                                         and (void_no is null or void_no > month_no)
    group by month_no, customer_id
)
select segment, month_no,
       count(*) filter (where orders >= 2) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from orders join members using (customer_id)
group by segment, month_no
