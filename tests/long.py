"""The families of tests that take longest: `make test` runs some cases of each, `make thorough` and CI all of them.

What is left out says the same of further cases; whatever is said at all, `make test` says of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

KEPT: dict[str, int] = {
    "test_as_of::test_states_are_those_that_were_known": 0,
    "test_browser::test_pictures_of_the_pages_are_kept": 1,
    "test_dask::test_a_scheduler_that_does_not_answer_is_told": 0,
    "test_dask::test_a_worker_that_is_killed_costs_no_report": 0,
    "test_databases::test_dirty_text_in_postgresql_is_judged_as_in_files": 0,
    "test_databases::test_files_of_databases_give_the_figures_of_the_files": 0,
    "test_documented_commands::test_a_line_does_what_it_is_shown_for": 16,
    "test_ending::test_it_ends_in_the_middle_of_a_query": 2,
    "test_ending::test_what_a_kill_leaves_the_next_run_removes": 0,
    "test_faults::test_a_full_disk_leaves_the_latest_run_alone": 2,
    "test_faults::test_a_run_that_is_ended_leaves_nothing_and_goes_on_where_it_was": 1,
    "test_full_disk::test_a_full_disk_is_told": 3,
    "test_full_disk::test_files_that_cannot_grow_are_told": 3,
    "test_full_disk::test_who_prints_to_a_full_disk_is_told": 2,
    "test_full_disk::test_who_stops_listening_hears_no_traceback": 2,
    "test_fuzz::test_a_damaged_file_is_read_or_refused_in_words": 8,
    "test_in_one_language::test_in_a_real_jupyterlab_the_language_of_the_scenario_is_read": 0,
    "test_lists::test_a_list_adds_up_to_the_halves_of_its_kpi": 100,
    "test_notebooks::test_it_runs_as_it_stands_where_jupyterlab_opens_it": 0,
    "test_outputs::test_every_kind_of_output_is_seen_or_said": 48,
    "test_pages_of_little::test_every_cell_tells_something_or_says_why_not": 16,
    "test_proposal::test_renamed_exports_give_the_same_figures_without_an_edit": 1,
    "test_reserved_names::test_further_columns_of_reserved_names_change_no_figure": 1,
    "test_run::test_called_from_anywhere": 1,
    "test_run::test_temporary_files_may_lie_deep": 1,
    "test_secrecy::test_a_source_that_cannot_be_read_tells_no_secret": 30,
    "test_secrecy::test_no_notebook_tells_a_secret": 1,
    "test_spark::test_moments_in_spark_are_days_of_the_zone": 0,
    "test_spark::test_spark_sums_up_usage_and_gives_the_figures_of_the_files": 0,
    "test_spark::test_the_customer_months_of_spark_are_those_of_duckdb": 0,
    "test_upgrade::test_a_project_lives_from_one_version_to_the_next": 0,
    "test_usage::test_all_ways_of_summing_agree_with_plain_sql": 1,
    "test_wheel::test_the_main_job_is_done_without_the_checkout": 0,
}
"""How many cases of a family `make test` runs, spread over all of them; 0 where a family has one case."""


def family(item: pytest.Item) -> str:
    """Return the name of a test's family: its file and its function."""
    return f"{item.path.stem}::{item.name.partition('[')[0]}"


def left_out(items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the tests that `make test` does not run."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(family(item), []).append(item)
    for name, kept in KEPT.items():
        of_family = cases.get(name, [])
        step = max(len(of_family) / kept, 1) if kept else 0
        spread = {int(number * step) for number in range(kept)}
        yield from (item for number, item in enumerate(of_family) if number not in spread)
