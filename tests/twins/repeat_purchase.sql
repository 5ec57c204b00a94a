-- Customers with two or more orders ÷ customers with an order, in the 12 months up to m; every row is an order.
with orders as (
    select month_no, customer_id, count(*) as orders
    from report_months join purchases on month_of(purchased_on) between month_no - 11 and month_no
    group by month_no, customer_id
)
select segment, month_no,
       count(*) filter (where orders >= 2) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from orders join members using (customer_id)
group by segment, month_no
