-- How many customers under contract have achieved a goal by E, gave 9 or 10 as their latest NPS answer by E
-- (whoever of them answered) and have not refused to be named.
with outcomes as (
    -- a goal is known from the day it was set
    select customer_id, min(if(achieved_on < set_on, set_on, achieved_on)) as first_outcome
    from goals group by customer_id
),
latest as (
    select month_no, customer_id, score,
           row_number() over (partition by month_no, customer_id
                              order by moment desc, number desc nulls last, response_id desc) as recency
    from report_months join answers on responded_on <= last_day
    where kind = 'nps'
),
candidates as (
    select month_no, customer_id
    from latest
    join report_months using (month_no)
    join outcomes using (customer_id)
    join customers using (customer_id)
    where recency = 1 and score >= 9
      and first_outcome <= last_day
      and coalesce(reference_permission, '') <> 'refused'
)
select grid.segment, grid.month_no,
       count(candidates.customer_id) as part,
       null as whole,
       count(under_contract.customer_id) as n,
       part as value
from grid
left join under_contract using (segment, month_no)
left join candidates on candidates.month_no = grid.month_no and candidates.customer_id = under_contract.customer_id
group by grid.segment, grid.month_no
