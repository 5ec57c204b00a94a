-- Customers under contract with a review rated 4 or 5, a mention (sns), a referral or a case study
-- in the 12 months up to m ÷ customers under contract.
with spoke as (
    select distinct month_no, customer_id
    from report_months join voices on month_of(posted_on) between month_no - 11 and month_no
    where channel in ('sns', 'referral', 'case_study') or (channel = 'review' and rating >= 4)
)
select segment, month_no,
       count(spoke.customer_id) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract left join spoke using (month_no, customer_id)
group by segment, month_no
