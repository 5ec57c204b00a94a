-- Ratings of 4 or 5 ÷ ratings posted in the 12 months up to m by customers under contract at E.
select segment, month_no,
       count(*) filter (where rating >= 4) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract
join voices on voices.customer_id = under_contract.customer_id
           and month_of(posted_on) between month_no - 11 and month_no
where rating is not null
group by segment, month_no
