-- Customers under contract whose required milestones are all completed by E
-- ÷ those whose limit (first contract start + onboarding_days) has come by E, or who are complete already.
select segment, month_no,
       count(*) filter (where completion_day <= last_day) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract
join first_starts using (customer_id)
left join completions using (customer_id)
cross join policy
where last_day >= first_start + cast(onboarding_days as integer) or completion_day <= last_day
group by segment, month_no
