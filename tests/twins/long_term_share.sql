-- Closing MRR on terms agreed for 12 months and more ÷ closing MRR on terms whose length is known. The dates do not
-- tell it, since an end may be a cancellation.
select segment, month_no,
       coalesce(sum(mrr) filter (where term_months >= 12), 0) as part,
       coalesce(sum(mrr), 0) as whole,
       count(distinct customer_id) as n,
       part / nullif(whole, 0) as value
from report_months join in_force using (month_no) join members using (customer_id)
where term_months > 0
group by segment, month_no
