-- NPS questions answered by E ÷ NPS questions sent in the 6 months up to m (without a sending date: answered in them).
select segment, month_no,
       count(*) filter (where responded_on <= last_day and score is not null) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join surveys on month_of(coalesce(sent_on, responded_on)) between month_no - 5 and month_no
join members using (customer_id)
where kind = 'nps'
group by segment, month_no
