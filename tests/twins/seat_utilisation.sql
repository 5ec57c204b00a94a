-- Users active in the month ÷ seats needed, over customers under contract whose seats are known (> 0).
with active_users as (
    select customer_id, month_of(day) as month_no, count(distinct user_id) as users
    from usage_days group by customer_id, month_of(day)
)
select segment, month_no,
       coalesce(sum(users), 0) as part,
       sum(seats) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract left join active_users using (customer_id, month_no)
where seats > 0
group by segment, month_no
