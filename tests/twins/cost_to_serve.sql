-- CS and support cost ÷ closing MRR, both of the 3 months up to m. Costs carry their segment (`total` is all of them);
-- where no row does, the cost is the hours touched × hourly_cost. n: customers under contract, summed over the months.
with revenue as (
    select segment, r.month_no, sum(closing) as mrr, count(*) as n
    from report_months r
    join closings k on k.month_no between r.month_no - 2 and r.month_no
    join members using (customer_id)
    group by segment, r.month_no
),
booked as (
    select g.segment, g.month_no, sum(c.amount) as cost
    from grid g
    join months past on past.month_no between g.month_no - 2 and g.month_no
    join costs c on left(cast(c.month as varchar), 7) = past.month and (g.segment = 'total' or c.segment = g.segment)
    where c.kind in ('cs', 'support')
    group by g.segment, g.month_no
),
ledger as (
    select count(segment) > 0 as by_segment from costs
),
worked as (
    select segment, month_no, sum(minutes) / 60 * any_value(hourly_cost) as cost
    from report_months
    join touches on month_of(occurred_on) between month_no - 2 and month_no
    join members using (customer_id)
    cross join policy
    group by segment, month_no
)
select grid.segment, grid.month_no,
       coalesce(if(by_segment, booked.cost, worked.cost), 0) as part,
       coalesce(mrr, 0) as whole,
       coalesce(n, 0) as n,
       part / nullif(whole, 0) as value
from grid
cross join ledger
left join revenue using (segment, month_no)
left join booked using (segment, month_no)
left join worked using (segment, month_no)
