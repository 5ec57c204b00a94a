"""The one look of all charts. Colours are Okabe and Ito's, in shades that hold on white and on a dark page."""

from __future__ import annotations

from typing import Any

# The list ends in a generic family: one missing named font would otherwise remove all text.
FONT = (
    '-apple-system, "Segoe UI", "Hiragino Sans", "Yu Gothic Medium", "Yu Gothic", Meiryo, '
    '"Noto Sans JP", "Noto Sans CJK JP", sans-serif'
)
BLUE, SKY, GREEN, ORANGE, VERMILLION = "#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00"
PLUM, TEAL = "#9c4a86", "#00797c"  # for groups that are neither good nor bad news: blue and vermillion say that
MINT = "#7fc8b0"  # a light green, for what is akin to it
INK, MUTED, GRID, GREY = "#1f2933", "#5b6670", "#dfe4e8", "#8a949e"
BLUES = ["#e8f1f8", "#b9d7ec", "#7fb4dc", "#3d8bc4", "#0b62a0", "#0a3d66"]

# In a notebook this travels with each chart; a page takes it out and carries it once.
THEME: dict[str, Any] = {
    "background": "white",
    "font": FONT,
    "aria": False,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "labelColor": MUTED,
        "labelPadding": 6,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleColor": MUTED,
        "domain": False,
        "ticks": False,
        "gridColor": GRID,
    },
    "axisX": {"grid": False, "labelOverlap": "greedy"},
    "legend": {
        "orient": "top",
        "title": None,
        "labelFontSize": 12,
        "labelColor": MUTED,
        "symbolType": "square",
        "columnPadding": 14,
    },
    "text": {"fontSize": 12, "color": INK},
}
