-- (Answers 9-10 - answers 0-6) ÷ NPS answers of the 6 months up to m; with nps_repeat `latest` only the last one
-- of each respondent in that window counts, while answers without a respondent each stand alone.
with in_window as (
    select segment, month_no, respondent_id, score,
           row_number() over (partition by segment, month_no, customer_id, respondent_id
                              order by moment desc, number desc nulls last, response_id desc) as recency
    from report_months
    join answers on month_of(responded_on) between month_no - 5 and month_no
    join members using (customer_id)
    where kind = 'nps'
)
select segment, month_no,
       count(*) filter (where score >= 9) - count(*) filter (where score <= 6) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from in_window cross join policy
where nps_repeat = 'all' or respondent_id is null or recency = 1
group by segment, month_no
