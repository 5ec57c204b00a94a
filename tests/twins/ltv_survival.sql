-- Closing MRR per customer × gross margin × Kaplan-Meier mean of the number of closes under contract, restricted to
-- 60 or the longest one, over everyone ever under contract at a close up to m; lost: not under contract at m.
with cases as (
    select segment, month_no, closes, lost from tenures join members using (customer_id)
),
at_risk as (
    select segment, month_no, closes, count(*) filter (where lost) as events,
           sum(count(*)) over (partition by segment, month_no order by closes desc) as risk
    from cases group by segment, month_no, closes
),
curve as (
    select segment, month_no, closes,
           product(1 - events / risk) over (partition by segment, month_no order by closes) as surviving
    from at_risk
),
steps as (   -- the curve is flat from one number of closes to the next: an area of rectangles
    select segment, month_no,
           lag(surviving, 1, 1) over (partition by segment, month_no order by closes) as height,
           least(closes, 60) - least(lag(closes, 1, 0) over (partition by segment, month_no order by closes), 60) as width
    from curve
),
means as (
    select segment, month_no, sum(height * width) as mean_months from steps group by segment, month_no
),
arpa as (
    select segment, month_no, sum(closing) / count(*) as arpa from under_contract group by segment, month_no
)
select segment, month_no, null as part, null as whole, count(*) as n,
       any_value(arpa) * any_value(gross_margin) * any_value(mean_months) as value
from cases
join means using (segment, month_no)
left join arpa using (segment, month_no)
cross join policy
group by segment, month_no
