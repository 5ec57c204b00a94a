-- Closing MRR on terms of 12 months and more ÷ closing MRR. The term is `term_months`, else the whole months from
-- start to end of service; an open end without term_months is not long.
select segment, month_no,
       coalesce(sum(mrr) filter (where coalesce(term_months,
           month_of(service_end) - month_of(starts_on) - if(day(service_end) < day(starts_on), 1, 0)) >= 12), 0) as part,
       sum(mrr) as whole,
       count(distinct customer_id) as n,
       part / nullif(whole, 0) as value
from report_months join in_force using (month_no) join members using (customer_id)
group by segment, month_no
