-- Customers under contract with neither a high or urgent ticket open at E, nor a detractor's NPS answer (of any age)
-- that is 14 days old by E and has seen no touch of the customer since ÷ customers under contract.
with complaints as (
    select month_no, customer_id
    from report_months
    join tickets on cast(opened_at as date) <= last_day
                and (resolved_at is null or cast(resolved_at as date) > last_day)
    where severity in ('high', 'urgent')
    union
    select month_no, customer_id
    from report_months join answers on responded_on + 14 <= last_day
    where kind = 'nps' and score <= 6
      and not exists (select 1 from touches where touches.customer_id = answers.customer_id
                                            and occurred_on between responded_on and last_day)
)
select segment, month_no,
       count(*) - count(complaints.customer_id) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract left join complaints using (month_no, customer_id)
group by segment, month_no
