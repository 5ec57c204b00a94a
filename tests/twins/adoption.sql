-- Customers under contract that used a core feature in at least `active` of the last `of` whole weeks
-- (Monday to Sunday, ended by E) ÷ those whose unbroken stint under contract is at least `of` weeks old at E.
with ends as (
    select customer_id, contract_id, starts_on, coalesce(effective_end, date '9999-12-31') as ends_before from terms
),
runs as (   -- a term opens a new stint when every earlier one has ended before it starts
    select *, starts_on > max(ends_before) over (partition by customer_id order by starts_on, contract_id
                                                 rows between unbounded preceding and 1 preceding) as opens
    from ends
),
numbered as (
    select *, count(*) filter (where opens) over (partition by customer_id order by starts_on, contract_id
                                                  rows unbounded preceding) as stint
    from runs
),
stints as (
    select customer_id, min(starts_on) as stint_start, max(ends_before) as stint_end
    from numbered group by customer_id, stint
),
weeks as (
    select month_no, last_day - cast(isodow(last_day) % 7 as integer) as last_sunday,
           adoption_of as of_weeks, adoption_active as active_weeks
    from report_months cross join policy
),
used as (
    select month_no, customer_id, count(distinct (last_sunday - day) // 7) as weeks_used
    from weeks join usage_days on core and day <= last_sunday and day > last_sunday - cast(7 * of_weeks as integer)
    group by month_no, customer_id
)
select segment, month_no,
       count(*) filter (where weeks_used >= active_weeks) as part,
       count(*) as whole,
       count(*) as n,
       part / nullif(whole, 0) as value
from under_contract
join weeks using (month_no)
join stints using (customer_id)
left join used using (month_no, customer_id)
where last_day >= stint_start and last_day < stint_end
  and stint_start <= last_day + 1 - cast(7 * of_weeks as integer)
group by segment, month_no
