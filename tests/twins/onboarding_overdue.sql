-- How many customers under contract have a required milestone that was due by E and is open at E.
with overdue as (
    select distinct month_no, customer_id
    from report_months
    join milestones on due_on <= last_day and (completed_on is null or completed_on > last_day)
    where coalesce(required, true)
)
select grid.segment, grid.month_no,
       count(overdue.customer_id) as part,
       null as whole,
       count(under_contract.customer_id) as n,
       part as value
from grid
left join under_contract using (segment, month_no)
left join overdue on overdue.month_no = grid.month_no and overdue.customer_id = under_contract.customer_id
group by grid.segment, grid.month_no
