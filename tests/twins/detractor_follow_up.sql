-- Detractors' NPS answers (0-6) with a touch of the customer from that day to 14 days later
-- ÷ detractors' answers of the 6 months up to m that are 14 days old by E.
with detractors as (
    select customer_id, responded_on,
           exists (select 1 from touches where touches.customer_id = answers.customer_id
                                         and occurred_on between responded_on and responded_on + 14) as followed
    from answers where kind = 'nps' and score <= 6
)
select segment, month_no,
       count(*) filter (where followed) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from report_months
join detractors on month_of(responded_on) between month_no - 5 and month_no and responded_on + 14 <= last_day
join members using (customer_id)
group by segment, month_no
