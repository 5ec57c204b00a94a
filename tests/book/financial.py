"""The financial stage of the book, worked by hand.

Closing MRR:  2025-06  2025-12  2026-01  -03  -04  -05  -06
aoba              100      100      120  120  120  120  150   renewed on the 1st at more; a second product in June
bessho             70       70       70   70   70   70   50   cancels one of two in June
chiyoda            80       80       80   80   60   60   60   renewed on the 1st at less
daiwa              40       40       40   40   40   40    -   ends on June 30
enoki              30       30       30   30    -    -   35   away from April 20 to June 5
fuji                -       60       60   60   60   60   60   a gap from May 10 to May 15
hikari              -        -        -    -    -    -   90   on trial in May
juno                -       70       70   70   70   70  100   the new contract starts before the old one ends
kumo                -       45       45   45   45    -   45   renewed three days late
leaf                -        -        -   20   20   35   35   a higher price from May 1, renewed on July 1
sum               320      495      515  535  485  455  625   ginza lives from February 3 to 20, iwate pays nothing
"""

from __future__ import annotations

from tests.book.entry import JUNE, Worked, amount, figure, ratio

ENTERPRISE, SMB = "enterprise", "smb"
MONTHS_UNDER_CONTRACT = 18 + 16 + 15 + 13 + 15 + 12 + 1 + 11 + 11 + 4  # aoba ... fuji, hikari, juno, kumo, leaf
GAINED_COST = 240 + 700 + 120 + 450  # fuji, juno, leaf, hikari; kumo's is unknown
GAINED_MRR = 60 + 70 + 20 + 90

# A ledger reads by the line.
# fmt: off
MOVEMENTS: tuple[Worked, ...] = (
    ratio("customer_churn", JUNE, 1, 7, 7, "daiwa"),
    ratio("customer_churn", "2026-05", 1, 8, 8, "kumo, which renews too late"),
    ratio("customer_churn", "2026-04", 1, 9, 9, "enoki"),
    ratio("customer_churn", "2026-02", 0, 8, 8, "ginza comes and goes between two closes"),
    ratio("customer_churn", "2025-01", 0, 0, 0, "nobody was there before aoba"),
    ratio("customer_churn", "2025-12", 1, 8, 8, "aoba: a day without service").under(contract_end="first_day_without"),
    ratio("customer_churn", "2026-05", 0, 8, 8, "kumo's renewal falls into the grace").under(grace_days=7),
    ratio("customer_churn", JUNE, 0, 8, 8, "daiwa still counts; kumo did in May").under(churn_month="day_after"),
    ratio("customer_churn", "2026-07", 1, 10, 10, "daiwa").under(churn_month="day_after"),
    ratio("revenue_churn", JUNE, 40 + 20, 455, 7, "daiwa gone, bessho's second product gone"),
    ratio("revenue_churn", "2026-05", 45, 485, 8, "kumo"),
    ratio("revenue_churn", "2026-04", 30 + 20, 535, 9, "enoki gone, chiyoda at a lower price"),
    ratio("revenue_churn", JUNE, 20, 500, 8, "bessho alone").under(churn_month="day_after"),
    ratio("expansion_rate", JUNE, 30 + 30, 455, 7, "aoba, juno; enoki and kumo return, hikari is new"),
    ratio("expansion_rate", "2026-05", 15, 485, 8, "leaf; fuji's gap does not show"),
    ratio("expansion_rate", "2026-01", 20, 495, 8, "aoba"),
    ratio("upsell_rate", JUNE, 1, 7, 7, "juno"),
    ratio("upsell_rate", "2026-05", 1, 8, 8, "leaf: 5 of its 15 on core"),
    ratio("upsell_rate", "2026-01", 1, 8, 8, "aoba"),
    ratio("cross_sell_rate", JUNE, 1, 7, 7, "aoba"),
    ratio("cross_sell_rate", "2026-05", 1, 8, 8, "leaf: 10 of its 15 on insight"),
    ratio("cross_sell_rate", "2026-01", 0, 8, 8, "aoba pays more for what it had"),
    ratio("quick_ratio", JUNE, 90 + (35 + 45) + (15 + 30 + 30), (20 + 20) + (30 + 45 + 40), 2 + 2 + 7,
          "hikari; enoki, kumo; leaf, aoba, juno ÷ chiyoda, bessho; enoki, kumo, daiwa"),
    ratio("quick_ratio", "2025-03", 100 + 30 + 70, 0, 3, "aoba, enoki and bessho are new, and nothing is lost"),
)

KEPT: tuple[Worked, ...] = (
    ratio("customer_retention", JUNE, 4, 5, 5, "aoba, bessho, chiyoda, enoki (away in between); not daiwa"),
    ratio("customer_retention", "2025-12", 0, 0, 0, "nobody was there in 2024"),
    ratio("grr", JUNE, 100 + 50 + 60 + 0 + 30, 320, 5, "aoba, bessho, chiyoda, daiwa, enoki"),
    ratio("grr", JUNE, 100 + 60, 180, 2, "aoba, chiyoda").of(ENTERPRISE),
    ratio("nrr", JUNE, 150 + 50 + 60 + 0 + 35, 320, 5, "aoba, bessho, chiyoda, daiwa, enoki"),
    ratio("nrr", JUNE, 150 + 60, 180, 2, "aoba, chiyoda").of(ENTERPRISE),
    ratio("nrr", JUNE, 50 + 0 + 35, 140, 3, "bessho, daiwa, enoki").of(SMB),
    ratio("renewal_rate", JUNE, 1, 3, 3, "l3, by what starts on July 1; not d1, nor j1, whose successor overlaps; b2 is untold"),
    ratio("renewal_rate", "2026-05", 0, 2, 2, "k1, and f1, which leaves before its year is over"),
    ratio("renewal_rate", "2026-04", 0, 0, 0, "l1's price changes in mid-term, and e1 is of no known length"),
    ratio("renewal_rate", "2026-03", 1, 1, 1, "c1"),
    ratio("renewal_rate", "2025-12", 1, 1, 1, "a1"),
    ratio("renewal_rate", "2025-12", 0, 1, 1, "a1 ends a day early").under(contract_end="first_day_without"),
    ratio("renewal_rate", JUNE, 2, 3, 3, "l3, k1 on June 3; j1 on June 22; d1 in July").under(grace_days=7),
    ratio("renewal_rate", "2026-05", 0, 0, 0, "f1 is taken over before its year is over").under(grace_days=7),
    ratio("renewal_rate", JUNE, 0, 2, 2, "k1 on June 1, j1").under(churn_month="day_after"),
    ratio("renewal_rate", "2026-07", 1, 2, 2, "l3; not d1, both on July 1").under(churn_month="day_after"),
    ratio("renewed_without_outcome", JUNE, 1, 3, 3, "c1; a1 had one, and l3 that very day; l1 was no renewal"),
    ratio("proposal_win_rate", JUNE, 3, 5, 5, "p1, p2, p8; not p3, p6; p7 closes in July"),
    ratio("long_term_share", JUNE, 120 + 50 + 60 + 90 + 100 + 45, 465 + 10 + 25, 7,
          "a2, b1 (open, agreed for 12 months), c2, h2, j2, k2 ÷ those, l2, l3; not a3, e2, f2, of no known length"),
    ratio("long_term_share", JUNE, 120 + 50 + 60 + 90 + 100 + 45, 465 + 10, 7,
          "c2, a day short of its year, was agreed for one; l3 ends").under(contract_end="first_day_without"),
    ratio("repeat_purchase", JUNE, 2, 5, 5, "aoba, iwate; bessho, daiwa (one is too old), leaf"),
)

WORTH: tuple[Worked, ...] = (
    amount("mrr", JUNE, 150 + 50 + 60 + 35 + 60 + 90 + 100 + 45 + 35, 9, "all but daiwa, ginza and iwate"),
    amount("mrr", JUNE, 150 + 60 + 60 + 90 + 100, 5, "aoba, chiyoda, fuji, hikari, juno").of(ENTERPRISE),
    amount("mrr", JUNE, 50 + 35 + 45 + 35, 4, "bessho, enoki, kumo, leaf").of(SMB),
    amount("mrr", "2026-07", 625, 9, "leaf's core goes on; nothing moves"),
    amount("mrr", "2026-05", 455, 7, "without enoki, kumo and hikari's trial"),
    amount("mrr", "2026-02", 515, 8, "without ginza"),
    amount("mrr", "2025-08", 100 + 70 + 80 + 40 + 2 * 30 + 60 + 70 + 45, 8, "enoki's next term begins before the last one ends"),
    amount("mrr", "2025-08", 100 + 70 + 80 + 40 + 30 + 60 + 70 + 45, 8, "enoki once").under(overlapping_terms="later_replaces"),
    amount("mrr", "2025-12", 495, 8, "aoba's renewal of January 1 is known"),
    amount("mrr", JUNE, 625 + 40, 10, "daiwa in grace").under(grace_days=7),
    amount("mrr", JUNE, 625 + 40, 10, "daiwa once more").under(churn_month="day_after"),
    amount("mrr", JUNE, 625 - 25, 9, "leaf's core ended on June 29").under(contract_end="first_day_without"),
    ratio("arpa", JUNE, 625, 9, 9, "all but daiwa, ginza and iwate"),
    figure("ltv", JUNE, 625 / 9 * 0.7 * MONTHS_UNDER_CONTRACT / 10, 10, "everyone but ginza and iwate"),
    figure("ltv", JUNE, 625 / 9 * 0.5 * MONTHS_UNDER_CONTRACT / 10, 10, "at a margin of half").under(gross_margin=0.5),
    figure("ltv", JUNE, (500 + 50 + 200 + 130 + 40) * 0.7 / 5, 5,
           "by orders: aoba, bessho, iwate, daiwa, leaf").lacking("contracts"),
    figure("ltv_survival", JUNE, 625 / 9 * 0.7 * (13 + 5 * 4 / 5), 10,
           "only daiwa is gone, after 13 closes, when chiyoda, enoki, bessho and aoba (18) stay on"),
    figure("ltv_survival", "2026-05", 455 / 7 * 0.7 * (10 + 4 * 7 / 8 + 3 * 7 / 8 * 3 / 4), 9,
           "kumo gone after 10 of 8 so long, enoki after 14 of 4; aoba stays to 17"),
    ratio("cac_payback", JUNE, GAINED_COST, GAINED_MRR * 0.7, 4, "fuji, juno, leaf, hikari; ginza never at a close"),
    ratio("cac_payback", JUNE, GAINED_COST, GAINED_MRR * 0.5, 4, "the same four").under(gross_margin=0.5),
    figure("ltv_to_cac", JUNE, 625 / 9 * 0.7 * MONTHS_UNDER_CONTRACT / 10 / (GAINED_COST / 4), 4, "the same four"),
    ratio("cost_to_serve", JUNE, 40 + 10 + 40 + 12 + 50 + 15, 485 + 455 + 625, 8 + 7 + 9, "April to June, not March"),
    ratio("cost_to_serve", JUNE, 40 + 40 + 50, 310 + 310 + 460, 4 + 4 + 5, "its own rows").of(ENTERPRISE),
    ratio("cost_to_serve", JUNE, 60 + 45 + 90 + 15 + 20, 1565, 24,
          "minutes at 1 each: aoba, chiyoda, hikari, daiwa, leaf; juno's chat has none").lacking("costs"),
    ratio("cost_to_serve", JUNE, 230 * 2, 1565, 24, "the hour at 120").lacking("costs").under(hourly_cost=120),
)
