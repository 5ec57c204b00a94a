"""Vega as the script that all pages of a run share."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

import vl_convert

from cslib.reports.subprocesses import Died, Limits, forks_safely, run_isolated


def vega_bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one classic script that sets `window.vegaEmbed`."""
    return begin_bundle().result()


@cache
def begin_bundle() -> Future[str]:
    """Begin to build the script, once, in parallel to everything else.

    In a process of its own: it takes a second in which no other thread of the same process would get its turn.
    """
    pool = ThreadPoolExecutor(1)
    begun = pool.submit(_built_apart)
    pool.shutdown(wait=False)
    return begun


def _built_apart() -> str:
    try:
        return run_isolated(_built, None, Limits(60, 60), fork=forks_safely())
    except Died:  # as where memory is short, or the run is being ended
        return _built()


def _built(*_: object) -> str:
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f"(function(){{{bundle}}})();"
