-- Customers under contract whose events in m fell by more than `usage_decline` against the mean of their own three
-- months before ÷ those under contract at all three of those closes with any events in them.
with monthly as (
    select customer_id, month_of(day) as month_no, sum(events) as events
    from usage_days group by customer_id, month_of(day)
),
baselines as (
    select r.month_no, k.customer_id, sum(events) as events_before
    from report_months r
    join closings k on k.month_no between r.month_no - 3 and r.month_no - 1
    left join monthly u on u.customer_id = k.customer_id and u.month_no = k.month_no
    group by r.month_no, k.customer_id
    having count(*) = 3 and sum(events) > 0
)
select segment, month_no,
       count(*) filter (where 3 * coalesce(events, 0) < (1 - cast(usage_decline as decimal(9, 6))) * events_before) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract
join baselines using (month_no, customer_id)
left join monthly using (month_no, customer_id)
cross join policy
group by segment, month_no
