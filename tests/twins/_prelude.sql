-- Relations that several twins share, each written as directly from the definition as SQL allows.
-- Given: the canonical tables, report_months, members, policy (see the data model). Run once per data and policy.
-- m is a month, E its last day; ends written *_end are exclusive, as half-open intervals [start, end) have them.

create or replace temp macro month_of(d) as year(d) * 12 + month(d) - 1;

-- Every month from the first contract to the last report month: what came before decides what is new.
create or replace temp table months as
select n as month_no,
       make_date(n // 12, n % 12 + 1, 1) as first_day,
       last_day(make_date(n // 12, n % 12 + 1, 1)) as last_day,
       strftime(make_date(n // 12, n % 12 + 1, 1), '%Y-%m') as month
from (select unnest(range(
    (select least((select min(month_no) from report_months), (select min(month_of(starts_on)) from contracts))),
    (select max(month_no) + 1 from report_months))) as n);

-- Counts and amounts are given for every segment and month, also where nobody is under contract.
create or replace temp view grid as
select segment, month_no, first_day, last_day
from (select distinct segment from members) cross join report_months;

-- Contracts proper: neither trials nor zero amounts, nor those that end before they begin.
-- A contract is replaced when another one of the customer starts on its first day without service or within
-- the grace days after it; it runs up to that day, else until its grace has run out (null: it never ends).
-- An end in or after the year 2900 is no end.
create or replace temp table terms as
with paid as (
    select contract_id, customer_id, product, starts_on, mrr, seats, term_months,
           case when year(ends_on) >= 2900 then null
                when contract_end = 'last_day' then ends_on + 1 else ends_on end as service_end,
           cast(grace_days as integer) as grace
    from contracts cross join policy
    where mrr > 0 and not coalesce(trial, false)
),
agreed as (
    select * from paid where service_end is null or service_end > starts_on
),
-- With overlapping_terms `later_replaces`, a term ends where a later one of its customer and product starts.
lived as (
    select agreed.* replace (
        case overlapping_terms when 'later_replaces' then least(service_end, (
            select min(later.starts_on) from agreed later
            where later.customer_id = agreed.customer_id and later.product = agreed.product
              and later.starts_on > agreed.starts_on))
        else service_end end as service_end)
    from agreed cross join policy
),
replacements as (
    select old.contract_id, min(next.starts_on) as replacement_start
    from lived old
    join lived next on next.customer_id = old.customer_id and next.contract_id <> old.contract_id
    where next.starts_on between old.service_end and old.service_end + old.grace
    group by old.contract_id
)
select lived.*,
       replacement_start is not null as replaced,
       coalesce(replacement_start, service_end + grace) as effective_end
from lived left join replacements using (contract_id);

-- The day so many months after another; in a month without that day its last.
create or replace temp macro months_after(d, n) as cast(d + to_months(cast(n as integer)) as date);
-- Whether a day lies a whole number of times n months after another. Where the month has no such day, the first of
-- the next will do as well.
create or replace temp macro is_anniversary(d, since, n) as len(list_filter(
    list_transform(range(1, greatest(2, (month_of(d) - month_of(since)) // n + 2)), lambda k: months_after(since, k * n)),
    lambda one: one = d or (one + 1 = d and day(one) < day(since)))) > 0;

-- Terms that fell due, of a known length only: lost, or replaced at an agreed end. Agreed is an end at which the term
-- has run its length, or a whole number of lengths after the start of its product or of its customer's contract.
-- Both are found by walking back over the earlier starts: those at which a term was cut short for the next one
-- (of the same product and length; for the customer: any) are no beginning, and for the customer neither are those
-- that lie within another term.
create or replace temp table due_terms as
with recursive ended as (
    select * from terms where term_months > 0 and effective_end is not null
),
changed as (
    select distinct customer_id, product, term_months, effective_end as starts_on
    from ended where replaced and service_end < months_after(starts_on, term_months)
),
product_starts as (
    select customer_id, product, starts_on, bool_and(goes_on) as goes_on,
           lag(starts_on) over (partition by customer_id, product order by starts_on) as previous
    from (select terms.*, exists (from changed c where c.customer_id = terms.customer_id and c.product = terms.product
              and c.term_months = terms.term_months and c.starts_on = terms.starts_on) as goes_on from terms)
    group by customer_id, product, starts_on
),
customer_starts as (
    select customer_id, starts_on, lag(starts_on) over (partition by customer_id order by starts_on) as previous,
           exists (from changed where changed.customer_id = own.customer_id and changed.starts_on = own.starts_on)
           or exists (from terms other where other.customer_id = own.customer_id and other.starts_on < own.starts_on
                      and (other.service_end is null or other.service_end > own.starts_on)) as goes_on
    from (select distinct customer_id, starts_on from terms) own
),
product_walk as (
    select contract_id, customer_id, product, starts_on from ended
    union
    select walk.contract_id, walk.customer_id, walk.product, step.previous
    from product_walk walk join product_starts step using (customer_id, product, starts_on)
    where step.goes_on
),
customer_walk as (
    select contract_id, customer_id, starts_on from ended
    union
    select walk.contract_id, walk.customer_id, step.previous
    from customer_walk walk join customer_starts step using (customer_id, starts_on)
    where step.goes_on
),
beginnings as (
    select contract_id, min(product_walk.starts_on) as product_since, min(customer_walk.starts_on) as customer_since
    from product_walk join customer_walk using (contract_id) group by contract_id
)
select ended.*
from ended join beginnings using (contract_id)
where not replaced
   or service_end >= months_after(starts_on, term_months)
   or is_anniversary(service_end, product_since, term_months)
   or is_anniversary(service_end, customer_since, term_months);

-- Which contract is in force at which close: it has started, and its effective end lies beyond the next day,
-- or is the next day while the contract is replaced or the policy lets it count once more.
create or replace temp table in_force as
select months.month_no, months.last_day, terms.*
from months
join terms on terms.starts_on <= months.last_day
          and coalesce(terms.effective_end, date '9999-12-31') >= months.last_day + 1
cross join policy
where terms.effective_end is null
   or terms.effective_end > months.last_day + 1
   or terms.replaced
   or policy.churn_month = 'day_after';

-- Closing MRR of a customer; a customer without a row has none. Seats are null where no contract tells them.
create or replace temp table closings as
select month_no, customer_id, sum(mrr) as closing, sum(seats) as seats
from in_force group by month_no, customer_id;

-- CC: the customers of a segment that are under contract at the close.
create or replace temp table under_contract as
select segment, month_no, first_day, last_day, customer_id, closing, seats
from report_months join closings using (month_no) join members using (customer_id);

-- Exactly one movement per customer and month with an opening or a closing amount, with the amount it moved.
create or replace temp table movements as
with sides as (
    select coalesce(now.month_no, before.month_no + 1) as month_no,
           coalesce(now.customer_id, before.customer_id) as customer_id,
           coalesce(before.closing, 0) as opening,
           coalesce(now.closing, 0) as closing
    from closings now
    full join closings before on before.customer_id = now.customer_id and before.month_no = now.month_no - 1
),
first_closes as (
    select customer_id, min(month_no) as first_close from closings group by customer_id
),
by_product as (
    select month_no, customer_id, product, sum(mrr) as mrr from in_force group by month_no, customer_id, product
),
new_products as (
    select now.month_no, now.customer_id, sum(now.mrr) as new_product_mrr
    from by_product now
    left join by_product before on before.customer_id = now.customer_id
                               and before.product = now.product
                               and before.month_no = now.month_no - 1
    where before.product is null
    group by now.month_no, now.customer_id
),
named as (
    select month_no, customer_id, opening, closing, abs(closing - opening) as amount,
           case when opening = 0 and month_no = first_close then 'new'
                when opening = 0 then 'reactivation'
                when closing = 0 then 'churn'
                when closing > opening then 'expansion'
                when closing < opening then 'contraction'
                else 'none' end as movement
    from sides join first_closes using (customer_id)
    where month_no <= (select max(month_no) from report_months)
)
select named.*,
       case movement when 'expansion' then least(amount, coalesce(new_product_mrr, 0)) else 0 end as cross_sell,
       case movement when 'expansion' then amount else 0 end - cross_sell as upsell
from named left join new_products using (month_no, customer_id);

-- Everyone ever under contract at a close up to m: how many closes, and whether the customer is gone at m.
create or replace temp table tenures as
select r.month_no, k.customer_id, count(*) as closes, max(k.month_no) < r.month_no as lost
from report_months r join closings k on k.month_no <= r.month_no
group by r.month_no, k.customer_id;

-- First contract start of each customer (FCS).
create or replace temp table first_starts as
select customer_id, min(starts_on) as first_start from terms group by customer_id;

-- Completion day of an onboarding: the latest of the required milestones, null while one of them is open.
-- A customer without required milestones has no row, hence is never complete.
create or replace temp table completions as
select customer_id, case when count(*) = count(completed_on) then max(completed_on) end as completion_day
from milestones where coalesce(required, true) group by customer_id;

-- Usage per customer, user, feature and calendar day; rows of no events are no usage.
create or replace temp table usage_days as
select customer_id, user_id, feature, cast(used_on as date) as day, sum(coalesce(events, 1)) as events,
       any_value(len(core_features) = 0 or list_contains(core_features, feature)) as core
from usage cross join policy
where coalesce(events, 1) > 0
group by customer_id, user_id, feature, cast(used_on as date);

-- Answers: questions that came back with a score. By when is for each twin to say. They follow one another by their
-- time, which is midnight where only the day is known; then by their ids, as numbers where they are numbers.
create or replace temp view answers as
select *, coalesce(responded_moment, cast(responded_on as timestamp)) as moment, try_cast(response_id as bigint) as number
from surveys where responded_on is not null and score is not null;

-- Orders: rows of one purchase_id of a customer, or a row without one. Placed with the first row that is no credit note
-- (an amount below 0); void from the month on in which, with it placed, credit notes leave nothing of it. Where credit notes are set
-- aside they count for nothing, and neither do rows of 0 or more that share their purchase_id.
create or replace temp table order_lines as
select customer_id, coalesce('id ' || purchase_id, 'row ' || row_number() over ()) as order_id,
       month_of(purchased_on) as line_no, amount
from purchases cross join policy
where credit_notes = 'net'
   or (amount >= 0
       and (select count(*) from purchases other
            where other.purchase_id = purchases.purchase_id and other.amount >= 0) <= 1);

create or replace temp table placed_orders as
with first_lines as (
    select customer_id, order_id, min(line_no) as placed_no
    from order_lines where amount >= 0 group by customer_id, order_id
)
select customer_id, order_id, placed_no,
       (select min(line.line_no) from order_lines line
        where line.customer_id = first_lines.customer_id and line.order_id = first_lines.order_id
          and line.line_no >= placed_no
          and (select sum(amount) <= 0 and min(amount) < 0 from order_lines so_far
               where so_far.customer_id = line.customer_id and so_far.order_id = line.order_id
                 and so_far.line_no <= line.line_no)) as void_no
from first_lines;
