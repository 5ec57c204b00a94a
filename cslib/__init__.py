"""Customer Success KPI reports: definitions written once, figures proved twice, a page for everyone."""

__version__ = "0.1.0"
