"""Uncertainty: 95 % intervals, figures of Kaplan-Meier curves, and what leads to what. Arrays in, arrays or numbers out.

Every interval is (nan, nan) where it is undefined, so that callers need no branch. `docs/uncertainty.md` says which
figure has which, and how often each holds the truth.
"""

from cslib.stats import amounts
from cslib.stats.breaking import breaking_place
from cslib.stats.draws import bootstrap_ratio, one_thread
from cslib.stats.leading import LEAST_EVENTS, RARE_SHARE, Evidence, Verdict
from cslib.stats.logistic import chance, fitted_logits
from cslib.stats.needed_share import UNTOLD, Kept, Reach, Sides, needed_share, on_both_sides
from cslib.stats.rates import Clusters, Z, adjusted_wald, design_effect, few_customers, t_interval, wilson
from cslib.stats.separation import (
    Gain,
    RiskRatio,
    Separation,
    auc_gain,
    auc_of_ranks,
    holm,
    ranked,
    risk_ratio,
    stratified_auc,
    turned,
)
from cslib.stats.survival import Estimate, Lives, km_curve, km_mean, km_median, km_quantile, life_curve, log_rank

__all__ = [
    "LEAST_EVENTS",
    "RARE_SHARE",
    "UNTOLD",
    "Clusters",
    "Estimate",
    "Evidence",
    "Gain",
    "Kept",
    "Lives",
    "Reach",
    "RiskRatio",
    "Separation",
    "Sides",
    "Verdict",
    "Z",
    "adjusted_wald",
    "amounts",
    "auc_gain",
    "auc_of_ranks",
    "bootstrap_ratio",
    "breaking_place",
    "chance",
    "design_effect",
    "few_customers",
    "fitted_logits",
    "holm",
    "km_curve",
    "km_mean",
    "km_median",
    "km_quantile",
    "life_curve",
    "log_rank",
    "needed_share",
    "on_both_sides",
    "one_thread",
    "ranked",
    "risk_ratio",
    "stratified_auc",
    "t_interval",
    "turned",
    "wilson",
]
