"""Customer Success KPI reports: definitions written once, figures proved twice, a page for everyone.

What stands in `__all__` is what programs and notebooks may count on (docs/api.md); everything else may change in any version.
Each name is imported when it is first asked for, so that `import cslib` costs nothing; `__init__.pyi` holds their types.
"""

from importlib import import_module as _import_module

__version__ = "0.2.0"

_HOMES = {
    "CATALOGUE": "cslib.kpis",
    "Better": "cslib.kpis.kpi",
    "CslibError": "cslib.errors",
    "Curve": "cslib.kpis.kpi",
    "Half": "cslib.kpis.kpi",
    "Interval": "cslib.kpis.kpi",
    "Kpi": "cslib.kpis.kpi",
    "Listed": "cslib.kpis.kpi",
    "Month": "cslib.periods",
    "Portfolio": "cslib.portfolio",
    "Posture": "cslib.kpis.kpi",
    "Ratio": "cslib.kpis.kpi",
    "Scenario": "cslib.scenario",
    "Stage": "cslib.kpis.kpi",
    "Survival": "cslib.kpis.kpi",
    "THEME": "cslib.charts",
    "Total": "cslib.kpis.kpi",
    "Unit": "cslib.kpis.kpi",
    "Unlisted": "cslib.kpis.kpi",
    "count": "cslib.kpis.kpi",
    "measure": "cslib.kpis",
    "plain_table": "cslib.tables",
    "total": "cslib.kpis.kpi",
}
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - a name each


def __getattr__(name: str) -> object:
    """Import a name of the public surface, once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cslib' has no attribute {name!r}")
    globals()[name] = found = getattr(_import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    """Return the public names, for those who press tab."""
    return sorted({*globals(), *__all__})
