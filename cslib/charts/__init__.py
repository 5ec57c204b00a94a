"""Charts: frames in, figures out, each with a sentence, a table and CSV that say the same."""

from cslib.charts.chain import chain
from cslib.charts.costs import costs
from cslib.charts.csms import csm_funnel
from cslib.charts.effect import event_studies, kept, readings
from cslib.charts.figure import VEGA_MIME, Figure
from cslib.charts.forecast import forecasts
from cslib.charts.lifetimes import lifetimes
from cslib.charts.movements import movement_bridge, movements
from cslib.charts.nps import distribution
from cslib.charts.retention import cohorts, survival
from cslib.charts.shares import breakdown
from cslib.charts.signals import signals
from cslib.charts.small_multiples import small_multiples
from cslib.charts.theme import THEME
from cslib.charts.touch import touch_shares
from cslib.charts.trend import Figures, trend, trends
from cslib.tables.sparkline import sparkline_svg

__all__ = [
    "THEME",
    "VEGA_MIME",
    "Figure",
    "Figures",
    "breakdown",
    "chain",
    "cohorts",
    "costs",
    "csm_funnel",
    "distribution",
    "event_studies",
    "forecasts",
    "kept",
    "lifetimes",
    "movement_bridge",
    "movements",
    "readings",
    "signals",
    "small_multiples",
    "sparkline_svg",
    "survival",
    "touch_shares",
    "trend",
    "trends",
]
