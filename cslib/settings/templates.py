"""The settings that a new project begins with: every choice that there is, with its default and what it means."""

POLICIES = """\
# The choices that the definitions leave to a company; these are the defaults.
contract_end: last_day        # ends_on is the last day of service; first_day_without: the first day after it
all_contracts_open: false     # true: the source tells no ends, since every contract runs until further notice
churn_month: last_day         # a customer is lost in the month of its last day; day_after: in the month after it
grace_days: 0                 # days after its end in which a renewal may still be signed
overlapping_terms: add        # two terms of one product of a customer; later_replaces: the later start ends the earlier one
onboarding_days: 90           # the limit from the first contract start
adoption_weeks: {active: 3, of: 4}   # adopted: core use in so many of the last so many whole weeks
core_features: []             # empty: every feature counts as core; else e.g. [ダッシュボード, 案件管理]
usage_decline: 0.3            # the fall against the customer's own three months before that counts as decline
gross_margin: 0.7
hourly_cost: 5000             # of CS, where a cost table does not tell
nps_repeat: latest            # the latest answer of a person in the window counts; or all
credit_notes: set_aside       # net: amounts below 0 are taken off the order of the same purchase_id
lead_margin: 0.6              # an indicator that tells the lost from the others in fewer pairs than this separates at most weakly
indicators: {}                # own columns of customers, known when the contract began, to be tried too: {lead_score: higher}
wall: 0.01                    # customers lost a month of those under contract, under which little is left to defend
gates:                        # what a customer has reached at each stage: an indicator; {indicator: adoption, limit: 4}: another limit than its own
  setup: onboarding_completion       # every required milestone is completed
  usage: adoption                    # as adoption_weeks says
  satisfaction: {indicator: recent_nps, otherwise: complaint_free}   # NPS of 7 or more within 12 months; without an answer no complaint
  outcome: customers_with_outcome    # a goal is achieved
effect: {months: 6, least: 20, clusters: 8}   # of a programme: months before and after, least participants, least groups that joined as a whole
touch_rule:                   # which touch model a customer is to have; a segment may say some of it otherwise, under touch_rule
  large: {mrr_share: 0.5}     # high: those that together hold the upper half of MRR; or {at_least: 600000}
  small: {mrr_share: 0.1}     # tech: those that hold the lowest tenth; or {below: 70000}; the others: low
  new_months: 6               # one step up: so young and a required milestone open, or not adopted
  settled_months: 12          # one step down from low: so old, adopted, onboarded, no detractor, use not falling, a goal achieved
  steady_closes: 3            # another model than the rule's is listed once the rule has said the same for so many closes
touch_hours: {high: 4, low: 1, tech: 0.1, onboarding: 3, renewal_within_90_days: 1}   # a month and customer; the last two on top: assumptions, make them yours
capacity: {hours: 160, share: 0.6}   # of a full working time in a month, and the share of it that is left for customers
organisation: {load: 1, offence_share: 0.05, handoff_days: 14, waiting_days: 30, touched_before: 0.5, margin_to_cost: 4, customers_per_csm: 15, large_share: 0.3}   # from where on a figure speaks against org_model
phase_days: {}                # days from which on a customer is stuck in a phase of its journey: {onboarding: 90, adoption: 60, value: 180}; left out: by which three in four of your own pass
reference_rest_days: 180      # days for which a customer that was asked to be a reference is not asked again
min_n: 5                      # values on fewer customers or answers are marked small
allowed_quarantine: 0.05      # the share of a table's rows that may be set aside before a run stops
currency: JPY
rates: {}                     # of the currency for one of another, where amounts come in several: {USD: 150}
timezone: Asia/Tokyo
fiscal_year_start: 4          # the month in which the business year begins
"""

REPORT = """\
# What is published, and for whom.
title: {ja: カスタマーサクセス月次レポート, en: Customer success monthly report}
# goal: {ja: 顧客が成果を出し続け、だから残る, en: Customers keep reaching outcomes and therefore stay}   # what all this is for, and what counts as achieved
language: ja                  # or en; languages: [ja, en] instead makes the pages in both, linked to each other
audience: internal            # external: customers pseudonymised, small groups hidden
notebooks: [00_summary, 01_setup, 02_usage, 03_satisfaction, 04_outcome, 05_financial, 06_health, 07_growth, 08_effect, 09_operations, 10_actions]
months: 24                    # how far back the charts reach
keep_runs: 12
# deliver:                    # where a run goes once it is published, and who is told what it came to: docs/delivery.md
#   publish: [{to: ../handed-out}]   # a folder, s3://…, sftp://…
#   notify: [{to: "${SLACK_URL}", when: on_change}]   # mail, a chat, a web hook
"""

HEALTH = """\
# The health score: each component is worth 0 at `bad`, 100 at `good`, and counts by its weight; what is not known does not count.
# These are the defaults. `cslib analyse health_audit` says how well the score has told the lost from the others.
components:
  onboarding_days: {bad: 180, good: 30, weight: 15}        # days, from the first contract's start
  adoption: {bad: 0, good: 4, weight: 15}                  # weeks of core use, of those that adoption_weeks looks back
  seat_utilisation: {bad: 0.2, good: 0.8, weight: 15}      # people who use it, per seat
  feature_breadth: {bad: 0.125, good: 0.75, weight: 10}    # features used, of the core features there are
  usage_decline: {bad: 0.5, good: 1, weight: 5}            # use in the month, per month of the three before
  nps: {bad: 4, good: 9, weight: 15}                       # the latest answer, 0 to 10
  csat: {bad: 2, good: 5, weight: 5}                       # the latest answer, 1 to 5
  customers_with_outcome: {bad: 0, good: 1, weight: 15}    # 1: a goal was achieved
  severe_tickets: {bad: 1, good: 0, weight: 5}             # open ones
bands: {yellow: 50, green: 70}          # the scores from which on a customer is no longer red, and green
least_known: {score: 0.5, green: 0.7}   # the share of the weight that must be known for a score, and for green
"""

PROGRAMMES = """\
# CS programmes: what each was meant to do, and how its customers were chosen. A programme without an entry is held against
# adoption, and how its customers were chosen is unknown. `cslib analyse effect` says what can be told of each.
# - programme: onboarding_workshop       # as the table programmes has it
#   name: {ja: 導入研修, en: Onboarding workshop}   # what readers see
#   outcome: adoption             # meant for: use, adoption, mrr_kept, nps, lost_6, lost_12 or mrr_retained
#   expected: 0.05                # the change for the better that was hoped for, in the unit of the outcome
#   assignment: unknown           # how customers were chosen: drawn, wave, chosen_by_us, chosen_by_customer, by_csm or unknown
#   cluster: customer             # where groups joined as a whole: csm, region, or a column of the customers
#   hours_per_customer: 6         # of CS, for one customer
"""

ACTIONS = """\
# What the team has decided to do, what it expects, and what it decided when it looked again (plan, do, check, act). Begin with a KPI
# that misses its target. `cslib analyse pdca` says how far each has come, 09_operations shows a card of each.
# - id: kickoff-48h               # each has its own
#   name: {ja: 契約後48時間以内のキックオフ, en: Kick-off within 48 hours}   # what readers see
#   kpi: onboarding_on_time       # what is to change; `cslib kpis` lists them
#   segment: total                # whose
#   owner: CSM                    # a person or a team of team.yaml, where there is one
#   started_on: 2026-05-01        # in the future: planned
#   expected: {change: 0.05, by: 2026-10}   # or {value: 0.9, by: 2026-10}; in the unit of the KPI: 0.05 is five points of a share
#   baseline: {months: 3}         # closes before the start that it is compared with
#   review_on: 2026-11-10         # the day on which it is decided how to go on
#   programme: onboarding_workshop   # of the table programmes: its verdict is shown
#   plan: {ja: 営業から引き継いだ当日に日程を送る, en: Send dates on the day of the hand-off}   # in a sentence
#   done: [{on: 2026-05-12, note: {ja: 手順書を配布, en: Handed out the script}}]   # steps so far
#   decision: {on: 2026-11-12, what: keep, why: {ja: 見込みどおり, en: As expected}, next: kickoff-24h}   # or change, stop, extend; once
"""

TEAM = """\
# Who works in Customer Success and beside it: what each can serve is told against their working time. Whoever has no entry
# counts as one full working time. `cslib analyse touch_load` sets the load of each CSM against it.
# people:
#   小林 さくら:                  # as the tables name them; or a desk of several, with all their working time
#     team: csm                   # onboarding, csm, sales, support or tech
#     fte: 1.0                    # the share of a full working time
#     from: 2025-04               # the first month; without it: as far back as the data reach
#     until: 2026-03              # the last month; without it: still there
"""

EVENTS = """\
# What happened that readers of a trend should know of: marked on the trends from its month on, not for readers outside the company.
# - on: 2026-06-01                # the day
#   kind: price                   # release, price, campaign or other
#   name: {ja: 価格改定, en: New prices}   # what readers see
#   segments: [enterprise]        # on whose pages; left out: on all
"""
