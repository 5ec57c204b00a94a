"""The four leading stages of the book, worked by hand.

Under contract at the close of June 2026: all but daiwa, ginza and iwate, so 9 customers;
of May: aoba, bessho, chiyoda, daiwa, fuji, juno and leaf, so 7.
"""

from __future__ import annotations

from tests.book.entry import JUNE, Worked, amount, figure, ratio

# A ledger reads by the line.
# fmt: off
SETUP: tuple[Worked, ...] = (
    ratio("onboarding_coverage", JUNE, 8, 9, 9, "all but enoki; fuji's only step is an optional one"),
    ratio("onboarding_completion", JUNE, 5, 8, 8,
          "aoba, chiyoda, juno, kumo, leaf; bessho, enoki, fuji never; hikari's limit lies ahead"),
    ratio("onboarding_completion", JUNE, 5, 9, 9, "hikari's limit of 29 days is June 30").under(onboarding_days=29),
    ratio("onboarding_cohort_completion", JUNE, 2, 5, 5,
          "juno on day 60, leaf on day 90; kumo on day 106, fuji never, ginza lost; hikari not observed for 90 days"),
    ratio("onboarding_cohort_completion", JUNE, 1, 5, 5, "juno on day 60; leaf now late").under(onboarding_days=60),
    ratio("onboarding_on_time", JUNE, 1, 4, 4,
          "hikari's kickoff; leaf's golive late, enoki's kickoff and ginza's golive open"),
    figure("onboarding_days", JUNE, 106, 6,
           "hikari 29+, juno 60 (4/5 left), leaf 90 (3/5), kumo 106 (2/5), ginza 147+, fuji 364+"),
    figure("onboarding_days", "2026-05", None, 5,
           "juno 60 (4/5 left), leaf 82+, kumo 106 (4/5 x 2/3 = 8/15), ginza 117+, fuji 334+: more than half are left"),
    amount("onboarding_overdue", JUNE, 2, 9, "bessho's golive, enoki's kickoff due on June 30; daiwa is gone"),
    ratio("milestone_reach", JUNE, 2 + 1 + 2 + 0 + 1 + 1 + 2 + 2 + 2, 2 + 2 + 3 + 1 + 1 + 2 + 2 + 2 + 2, 17,
          "aoba, bessho, chiyoda, enoki, fuji, hikari, juno, kumo, leaf; hikari's golive comes in July"),
)

USAGE: tuple[Worked, ...] = (
    ratio("active_customers", JUNE, 7, 9, 9, "not enoki, not fuji"),
    ratio("active_customers", "2026-05", 4, 7, 7, "aoba, bessho, chiyoda, juno; hikari is on trial"),
    ratio("adoption", JUNE, 4, 7, 7,
          "aoba, chiyoda, hikari, leaf; bessho 2 weeks, juno 2 (June 29 is in none), fuji 0; enoki, kumo too young"),
    ratio("adoption", JUNE, 6, 7, 7, "two weeks do: bessho and juno too").under(adoption_weeks={"active": 2, "of": 4}),
    ratio("adoption", JUNE, 2, 7, 7, "report alone: aoba 3 weeks, leaf 3").under(core_features=["report"]),
    ratio("adoption", JUNE, 5, 9, 9, "daiwa still here, kumo never gone: its stint began in 2025").under(grace_days=7),
    ratio("account_issuance", JUNE, 2 + 1 + 3 + 1 + 2 + 2 + 1 + 4, 10 + 5 + 6 + 6 + 9 + 8 + 4 + 3, 8,
          "aoba, bessho (one closed that day), chiyoda, fuji, hikari, juno, kumo, leaf; enoki's seats unknown"),
    ratio("seat_utilisation", JUNE, 2 + 1 + 2 + 0 + 2 + 2 + 0 + 1, 51, 8, "the same eight; kumo's usage names nobody"),
    ratio("stickiness", JUNE, (5 + 2 + 3 + 1 + 3 + 1 + 3 + 3) / 30, 2 + 1 + 2 + 1 + 2 + 1 + 2 + 1, 8,
          "aoba, bessho (twice on June 10), chiyoda, daiwa, hikari, iwate, juno, leaf"),
    ratio("feature_breadth", JUNE, 3 + 1 + 2 + 2 + 2 + 1 + 1, 9 * 5, 9,
          "aoba, bessho, chiyoda, hikari, juno, kumo, leaf of report, board, api, legacy, sandbox; nova comes in July"),
    ratio("feature_breadth", JUNE, 2 + 1 + 1 + 1, 9 * 2, 9,
          "aoba both, chiyoda and hikari board, juno api").under(core_features=["board", "api"]),
    ratio("usage_decline", JUNE, 2, 5, 5,
          "bessho 4 of 6, fuji 0 of 1; aoba 14 of 20 is 30 %, not more; chiyoda, juno hold; leaf used nothing before"),
    ratio("usage_decline", JUNE, 3, 5, 5, "aoba too").under(usage_decline=0.25),
    figure("time_to_first_value", JUNE, 14, 6,
           "hikari 0 (on trial), ginza 2, fuji 14, kumo 14 (2/6 left), juno 61, leaf 92"),
    figure("time_to_first_value", JUNE, None, 6,
           "hikari 17 (5/6 left), leaf 112+, ginza 147+, juno 322 (5/6 x 2/3 = 5/9), kumo and fuji 364+",
           ).under(core_features=["board", "api"]),
)

SATISFACTION: tuple[Worked, ...] = (
    ratio("nps", JUNE, 5 - 4, 12, 12,
          "up: aoba, chiyoda x2, hikari, leaf; down: bessho, daiwa, fuji, leaf (s13); between: chiyoda, juno, leaf"),
    ratio("nps", JUNE, 6 - 5, 14, 14, "with aoba's 6 of January and leaf's 9 (s12)").under(nps_repeat="all"),
    ratio("nps", "2026-05", 4 - 1, 8, 8, "up: aoba, chiyoda, leaf, kumo; down: bessho; between: chiyoda, juno, leaf"),
    ratio("nps_response", JUNE, 13, 15, 15, "no answer from juno, none from kumo by June 30; s10 was sent in December"),
    ratio("csat", JUNE, 2, 4, 4, "aoba 5, chiyoda 4; bessho 3, daiwa 1"),
    ratio("ces", JUNE, 6 + 7 + 3, 3, 3, "aoba, hikari, fuji"),
    ratio("good_reviews", JUNE, 4, 5, 5, "aoba, juno, hikari, fuji; chiyoda 3; bessho's is too old, daiwa is gone"),
    ratio("advocates", JUNE, 5, 9, 9, "aoba, juno, fuji by review, hikari sns, leaf case study; kumo in July"),
    ratio("complaint_free", JUNE, 6, 9, 9, "bessho and chiyoda have a ticket open, nobody met enoki's answer of 2025"),
    ratio("complaint_free", "2026-05", 6, 7, 7, "daiwa has a ticket open; enoki is away"),
    ratio("detractor_follow_up", JUNE, 2, 4, 4,
          "aoba after 8 days, leaf after 14; bessho after 36, daiwa after 15; fuji's answer is younger than that"),
    ratio("detractor_follow_up", "2026-05", 1, 2, 2, "aoba yes, bessho no"),
)

OUTCOME: tuple[Worked, ...] = (
    ratio("goal_coverage", JUNE, 7, 9, 9, "not enoki; hikari sets its goal in July"),
    ratio("goal_attainment", JUNE, 3, 6, 6, "g02, g04, g09 of those and g03 (late), g05 (never), g08 (July)"),
    ratio("department_attainment", JUNE, 2, 3, 3, "g04, g09; g03 late"),
    ratio("individual_attainment", JUNE, 1, 3, 3, "g02; not g05, g08"),
    ratio("customers_with_outcome", JUNE, 5, 9, 9, "aoba, bessho, chiyoda, kumo, leaf"),
    ratio("confirmed_outcomes", JUNE, 4, 6, 6, "g01, g03, g09, g10; g02 was denied, g04 not asked"),
    figure("time_to_first_outcome", JUNE, 452, 11,
           "hikari 29+, leaf 112 (9/10 left), kumo 137 (8/10), ginza 147+, aoba 272 (x 6/7), juno 333+, fuji 364+, "
           "chiyoda 414 (x 3/4 = 0.514), daiwa 425+, bessho 452 (x 1/2), enoki 514+"),
    amount("reference_candidates", JUNE, 2, 9,
           "aoba (named), kumo (never asked; its 2 comes in July); chiyoda refused, leaf ends on 4, bessho on 3"),
)
