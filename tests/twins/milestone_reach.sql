-- Over all pairs of a customer under contract and one of its milestones: those completed by E ÷ all.
with steps as (
    select customer_id, milestone, min(completed_on) as completed_on from milestones group by customer_id, milestone
)
select segment, month_no,
       count(*) filter (where completed_on <= last_day) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract join steps using (customer_id)
group by segment, month_no
