-- Sum over the month's days of the users active on that day ÷ days in the month ÷ users active in the month
-- (all customers of the segment; usage without a user left out).
with user_months as (
    select customer_id, user_id, month_of(day) as month_no, count(distinct day) as days_active
    from usage_days where user_id is not null
    group by customer_id, user_id, month_of(day)
)
select segment, month_no,
       sum(days_active) / day(any_value(last_day)) as part,
       count(*) as whole,
       count(distinct customer_id) as n,
       part / nullif(whole, 0) as value
from report_months join user_months using (month_no) join members using (customer_id)
group by segment, month_no
