-- Accounts issued by E and not closed by E ÷ seats needed, over customers under contract whose seats are known (> 0).
with open_accounts as (
    select month_no, customer_id, count(*) as accounts
    from report_months join users on issued_on <= last_day and (closed_on is null or closed_on > last_day)
    group by month_no, customer_id
)
select segment, month_no,
       coalesce(sum(accounts), 0) as part,
       sum(seats) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract left join open_accounts using (month_no, customer_id)
where seats > 0
group by segment, month_no
