-- By hand: the snapshot's tables of usage, and a row per customer and month, from the same files.
-- Every row is looked at once: days and features are the bits of numbers; then those of the months in which features were new.
-- Given: the folder of the data, how text is read, what makes a row bad, the features (found by one look at their column), the
-- first and the last month (counted from year 0).
create macro month_of(d) as year(d) * 12 + month(d) - 1;

create table customers as
select customer_id, name, plan, employees::bigint as employees
from read_csv('{data}/customers.csv', all_varchar = true) where customer_id is not null and name is not null;

create table contracts as
select contract_id, customer_id, product, starts_on::date as starts_on, ends_on::date as ends_on,
       mrr::decimal(18, 6) as mrr, seats::bigint as seats, coalesce(trial::boolean, false) as trial
from read_csv('{data}/contracts.csv', all_varchar = true) semi join customers using (customer_id)
where mrr::decimal(18, 6) >= 0 and (ends_on is null or ends_on >= starts_on);

create view usage as
select *, {reason} as reason, 1::bigint << list_position({names}, feature) as feature_bit
from (
    select {customer_id_text} as customer_id, {user_id_text} as user_id, used_on, {feature_text} as feature, coalesce(events, 1) as events
    from read_parquet('{data}/usage.parquet')
);

create table cells as
with people as (
    select customer_id, user_id, month_of(used_on) as month_no, reason, count(*) as rows, sum(events) as events,
           bit_or(case when reason = 0 and events > 0 then 1::bigint << day(used_on) else 0 end) as days,
           bit_or(case when reason = 0 and events > 0 then feature_bit else 0 end) as features
    from usage group by all
)
select customer_id, month_no, reason, sum(rows)::bigint as rows, sum(events)::bigint as events,
       count(user_id) filter (days <> 0) as users, sum(bit_count(days)) filter (user_id is not null)::bigint as user_days,
       bit_or(days) as days, bit_or(features) as features
from people group by customer_id, month_no, reason;

create table usage_months as
select customer_id, month_no, events, users, user_days, bit_count(features) as core_features
from cells semi join customers using (customer_id) where days <> 0;

create table usage_weeks as
with days as (
    select unnest(range(date '2020-01-01', date '2030-01-01', interval 1 day))::date as day
)
select distinct customer_id, week
from cells semi join customers using (customer_id)
join (select month_of(day) as month_no, date_trunc('week', day)::date as week, bit_or(1::bigint << day(day)) as mask from days group by all)
using (month_no)
where days & mask <> 0;

create table usage_starts as
select customer_id, min(make_date(month_no // 12, month_no % 12 + 1, bit_count((days & -days) - 1))) as first_core_use
from cells semi join customers using (customer_id) where days <> 0 group by all;

create table features as
with first_months as (
    select place, min(month_no) as month_no from cells semi join customers using (customer_id)
    join (select unnest(range(1, len({names}) + 1)) as place) on features & (1::bigint << place) <> 0 group by all
)
select feature, min(used_on) as first_used_on from usage semi join customers using (customer_id)
where reason = 0 and events > 0
and used_on <= (select last_day(make_date(max(month_no) // 12, max(month_no) % 12 + 1, 1)) from first_months)
group by all;

create table months as
select unnest(range({first}, {last} + 1)) as month_no, last_day(make_date(month_no // 12, month_no % 12 + 1, 1)) as last_day;

create table customer_months as
with paid as (
    select *, ends_on + 1 as service_end from contracts
    where mrr > 0 and not trial and (ends_on is null or ends_on >= starts_on)
),
replaced as (
    select distinct old.contract_id from paid old join paid next
    on next.customer_id = old.customer_id and next.starts_on = old.service_end
),
closings as (
    select customer_id, month_no, sum(mrr) as closing_mrr, sum(seats) as seats
    from paid left join (select contract_id, true as replaced from replaced) using (contract_id)
    join months on starts_on <= last_day and (service_end is null or service_end > last_day + 1 or (replaced and service_end > last_day))
    group by all
),
spine as (
    select customer_id, month_no
    from (select customer_id, min(month_of(starts_on)) as first_no from paid group by all) join months on first_no <= month_no
),
moved as (
    select customer_id, month_no, coalesce(closing_mrr, 0) as closing_mrr, seats,
           coalesce(lag(coalesce(closing_mrr, 0)) over along, 0) as opening_mrr,
           coalesce(lag(coalesce(closing_mrr, 0), 12) over along, 0) as mrr_12m_ago,
           coalesce(max(coalesce(closing_mrr, 0)) over (along rows between unbounded preceding and 1 preceding), 0) as most_before
    from spine left join closings using (customer_id, month_no)
    window along as (partition by customer_id order by month_no)
)
select *, case when opening_mrr = 0 and closing_mrr > 0 and most_before = 0 then 'new'
               when opening_mrr = 0 and closing_mrr > 0 then 'reactivation'
               when opening_mrr > 0 and closing_mrr = 0 then 'churn'
               when closing_mrr > opening_mrr then 'expansion'
               when closing_mrr < opening_mrr then 'contraction' else 'none' end as movement
from moved left join usage_months using (customer_id, month_no)
left join (select customer_id, month_no, count(*) as core_weeks from usage_weeks
           join months on week <= last_day - 6 and week > last_day - 6 - 28 group by all) using (customer_id, month_no);
