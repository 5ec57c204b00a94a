-- Core features used in the month, summed over customers under contract ÷ (those customers × number of core features).
-- Where the policy names none, every feature that anyone has used by E is a core feature.
with core_features_known as (
    select month_no,
           case when len(any_value(core_features)) > 0 then len(any_value(core_features))
                else count(distinct feature) end as features
    from report_months cross join policy
    left join (select feature, min(day) as first_day_used from usage_days group by feature) on first_day_used <= last_day
    group by month_no
),
breadths as (
    select customer_id, month_of(day) as month_no, count(distinct feature) as features_used
    from usage_days where core group by customer_id, month_of(day)
)
select segment, month_no,
       coalesce(sum(features_used), 0) as part,
       sum(features) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract
join core_features_known using (month_no)
left join breadths using (customer_id, month_no)
group by segment, month_no
