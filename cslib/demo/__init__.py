"""A demo business: a Japanese B2B SaaS with its customers, written as canonical tables with their settings.

`write_demo` simulates customers month by month and writes all sixteen tables. The business begins a year
before the first month of the logs (usage, touches, tickets, surveys, costs), so that customers, contracts and
onboarding have a past. Seven things cause one another, each in one function of `cslib.demo.causes`, and an
analysis can be held against their coefficients:

- CS touches speed onboarding: each touch in the first 60 days shortens it by 8 % (`TOUCH_SPEED`).
- Slow onboarding lowers use: e times the usual 60 days costs 0.9 units of health (`SLOWNESS_ON_HEALTH`).
- Low use raises churn: 0.1 less use is 49 % more hazard, e^(4 x 0.1) (`CHURN_PER_USE`); contraction likewise.
- Outcomes raise expansion: with a goal achieved, upsell and cross-sell are 2.4 times as likely
  (`OUTCOME_ON_EXPANSION`). Use in turn raises the chance to achieve a goal (`GOAL_PER_USE`).
- Programmes lift use by a quarter from the month after joining (`PROGRAMME_LIFT`). Healthy customers join
  more often (`PROGRAMME_SELECTION`), so members use more already before they join, and comparing them
  with the others overstates the effect: about 1.7 times instead of 1.25.
- Seats that are short are bought: while people use 80 % of the seats or more, a customer buys seats 2.5 times as often
  (`PRESSURE_ON_UPSELL`).
- Two products go together: who holds アナリティクス buys Connect API 40 times as often as others do (`PAIR_ON_CROSS_SELL`).

The last two are planted on top of all else, by a generator of their own: without them every other row is what it is with them.

How a customer of each size buys and is served stands in `cslib.demo.sizes`. The same arguments give the same
bytes, in any process.
"""

from cslib.demo.write import write_demo

__all__ = ["write_demo"]
