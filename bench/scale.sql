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
       mrr::decimal(18, 6) as mrr, seats::bigint as seats, term_months::bigint as term_months, coalesce(trial::boolean, false) as trial
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
select month_no, last_day, last_day - 6 - (isodow(last_day) % 7)::integer as last_week,
       (select count(*) from features where first_used_on <= last_day) as core_feature_count
from (select month_no, last_day(make_date(month_no // 12, month_no % 12 + 1, 1)) as last_day
      from (select unnest(range({first}, {last} + 1)) as month_no));

create table terms as
with paid as (
    select *, ends_on + 1 as service_end from contracts where mrr > 0 and not trial and (ends_on is null or ends_on >= starts_on)
),
next as (select distinct customer_id, starts_on as service_end, true as replaced from paid)
select *, month_of(starts_on) as since, month_of(case when replaced then service_end else ends_on end) as until,
       coalesce(term_months > 0, false) as told_term, coalesce(term_months >= 12, false) as long_term
from paid left join next using (customer_id, service_end);

create table customer_months as
with products as (
    select customer_id, product, month_no, sum(mrr) as mrr, sum(mrr) filter (told_term) as told_term_mrr, sum(mrr) filter (long_term) as long_term_mrr, sum(seats) as seats
    from terms join months on since <= month_no and (until is null or month_no < until) group by all
),
known as (
    select *, lag(month_no) over (partition by customer_id, product order by month_no) is distinct from month_no - 1 as is_new
    from products
),
closings as (
    select customer_id, month_no, sum(mrr) as closing_mrr, sum(told_term_mrr) as told_term_mrr, sum(long_term_mrr) as long_term_mrr, sum(seats) as seats,
           coalesce(sum(mrr) filter (is_new), 0) as added
    from known group by all
),
spine as (
    select customer_id, month_no, first_start, seats, coalesce(added, 0) as added,
           coalesce(closing_mrr, 0) as closing_mrr, coalesce(told_term_mrr, 0) as told_term_mrr, coalesce(long_term_mrr, 0) as long_term_mrr
    from (select customer_id, min(starts_on) as first_start, min(since) as first_no from terms group by all)
    join months on first_no <= month_no left join closings using (customer_id, month_no)
),
with_history as (
    select *, coalesce(lag(closing_mrr) over along, 0) as opening_mrr, coalesce(lag(closing_mrr, 12) over along, 0) as mrr_12m_ago,
           coalesce(max(closing_mrr) over (along rows between unbounded preceding and 1 preceding), 0) as most_before,
           count(*) filter (closing_mrr > 0) over (along rows unbounded preceding) as months_under_contract,
           count(*) filter (closing_mrr > 0) over (along rows between 3 preceding and 1 preceding) as closes_3m_before,
           min(month_no) filter (closing_mrr > 0) over (along rows unbounded preceding) as gained_no
    from spine window along as (partition by customer_id order by month_no)
),
moved as (
    select *, max(closing_mrr) filter (month_no = gained_no) over (partition by customer_id order by month_no rows unbounded preceding) as first_mrr,
           case when opening_mrr = 0 and closing_mrr > 0 and most_before = 0 then 'new'
                when opening_mrr = 0 and closing_mrr > 0 then 'reactivation'
                when opening_mrr > 0 and closing_mrr = 0 then 'churn'
                when closing_mrr > opening_mrr then 'expansion'
                when closing_mrr < opening_mrr then 'contraction' else 'none' end as movement,
           closing_mrr - opening_mrr as net
    from with_history
),
reached as (
    select customer_id, starts_on,
           max(coalesce(service_end, date '9999-12-31')) over (partition by customer_id order by starts_on, coalesce(service_end, date '9999-12-31')
               rows between unbounded preceding and 1 preceding) as before
    from terms
),
runs as (
    select customer_id, month_no, stint_start
    from (select customer_id, starts_on as stint_start, month_of(starts_on) as since,
                 month_of(lead(starts_on) over (partition by customer_id order by starts_on)) as until
          from reached where before is null or starts_on > before)
    join months on since <= month_no and (until is null or month_no < until)
),
events_before as (
    select customer_id, month_no + back as month_no, sum(events) as events_3m_before
    from usage_months, (select unnest([1, 2, 3]) as back) group by all
),
weeks as (
    select customer_id, month_no, count(*) as core_weeks
    from usage_weeks join months on week <= last_week and week > last_week - 28 group by all
)
select customer_id, month_no, first_start, seats, closing_mrr, told_term_mrr, long_term_mrr, opening_mrr, mrr_12m_ago, months_under_contract,
       closes_3m_before, gained_no, first_mrr, movement, case movement when 'new' then net else 0 end as new_mrr,
       case movement when 'reactivation' then net else 0 end as reactivation_mrr,
       case movement when 'expansion' then net else 0 end as expansion_mrr,
       case movement when 'contraction' then -net else 0 end as contraction_mrr,
       case movement when 'churn' then -net else 0 end as churned_mrr,
       case movement when 'expansion' then least(net, added) else 0 end as cross_sell_mrr,
       case movement when 'expansion' then net - least(net, added) else 0 end as upsell_mrr,
       stint_start, last_day, last_week, core_feature_count, first_core_use, coalesce(events, 0) as events, coalesce(users, 0) as users,
       coalesce(user_days, 0) as user_days, coalesce(core_features, 0) as core_features,
       coalesce(events_3m_before, 0) as events_3m_before, coalesce(core_weeks, 0) as core_weeks
from moved join months using (month_no)
left join runs using (customer_id, month_no) left join usage_starts using (customer_id)
left join usage_months using (customer_id, month_no)
left join events_before using (customer_id, month_no) left join weeks using (customer_id, month_no);
