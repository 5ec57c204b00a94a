"""Mistakes in policies.yaml: each is named with its line and the nearest known name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.settings import told

if TYPE_CHECKING:
    from pathlib import Path

MISTAKES = [
    # an unknown key, at every depth
    ("min_n: 3\ngrace_day: 3\n", "policies.yaml:2: no key 'grace_day'; did you mean 'grace_days'?"),
    ("adoption_weeks: {activ: 3}\n", "policies.yaml:1: no key 'activ'; did you mean 'active'?"),
    # a value of another kind
    ("grace_days: '3'\n", "policies.yaml:1: grace_days: wanted a whole number; found '3'"),
    ("phase_days: {adoptio: 3}\n", "policies.yaml:1: no key 'adoptio'; did you mean 'adoption'?"),
    ("phase_days: {value: 0}\n", "policies.yaml:1: phase_days.value: wanted greater than or equal to 1; found 0"),
    ("reference_rest_days: -1\n", "policies.yaml:1: reference_rest_days: wanted greater than or equal to 0; found -1"),
    ("grace_days: -1\n", "policies.yaml:1: grace_days: wanted greater than or equal to 0; found -1"),
    ("gross_margin: 70\n", "policies.yaml:1: gross_margin: wanted less than or equal to 1; found 70"),
    ("allowed_quarantine: 5%\n", "allowed_quarantine: wanted a number; found '5%'"),
    ("hourly_cost: .nan\n", "policies.yaml:1: hourly_cost: wanted"),
    (
        "contract_end: lastday\n",
        "policies.yaml:1: contract_end: wanted 'last_day' or 'first_day_without'; found 'lastday'",
    ),
    ("timezone: Asia/Tokio\n", "timezone: no time zone 'Asia/Tokio'; did you mean 'Asia/Tokyo'?"),
    ("currency: yen\n", "policies.yaml:1: currency: wanted three capital letters like JPY; found 'yen'"),
    ("core_features: [a, 1]\n", "policies.yaml:1: core_features: wanted a text; found 1"),
    ("adoption_weeks: {active: 5, of: 4}\n", "adoption_weeks: active (5) cannot exceed of (4)"),
    # gates
    ("gates:\n  usage: adopton\n", "policies.yaml:2: gates.usage: no indicator 'adopton'; did you mean 'adoption'?"),
    (
        "gates:\n  usage:\n    indicator: adoption\n    otherwise: stickines\n",
        "policies.yaml:4: gates.usage: no indicator 'stickines'; did you mean 'stickiness'?",
    ),
    ("gates: {usge: adoption}\n", "policies.yaml:1: no key 'usge'; did you mean 'usage'?"),
    ("gates: {usage: touches}\n", "policies.yaml:1: gates.usage: wanted a limit, since touches has none of its own"),
    (
        "gates: {usage: {indicator: adoption, otherwise: tickets}}\n",
        "wanted a limit, since tickets has none of its own",
    ),
    ("gates: {usage: customers.score}\n", "policies.yaml:1: gates.usage: no indicator 'customers.score'"),
    ("indicators: {score: higher}\ngates: {usage: customers.score}\n", "policies.yaml:2: gates.usage: wanted a limit"),
    ("gates: {usage: {indicator: grr, limit: 1}}\n", "policies.yaml:1: gates.usage: no indicator 'grr'"),
    # touch models
    ("touch_rule:\n  larg: {mrr_share: 1}\n", "policies.yaml:2: no key 'larg'; did you mean 'large'?"),
    ("touch_rule:\n  large:\n    mrr_shar: 0.4\n", "policies.yaml:3: no key 'mrr_shar'; did you mean 'mrr_share'?"),
    ("touch_rule: {large: {}}\n", "touch_rule.large: wanted one of mrr_share and at_least; found neither"),
    (
        "touch_rule: {small: {below: 5, mrr_share: 0.1}}\n",
        "policies.yaml:1: touch_rule.small: wanted one of mrr_share and below; found mrr_share and below",
    ),
    ("touch_rule: {large: {mrr_share: 1}}\n", "touch_rule.large.mrr_share: wanted less than 1; found 1"),
    ("touch_rule: {steady_closes: 0}\n", "touch_rule.steady_closes: wanted greater than or equal to 1; found 0"),
    ("touch_hours: {tec: 0.1}\n", "policies.yaml:1: no key 'tec'; did you mean 'tech'?"),
    ("capacity: {share: 60}\n", "capacity.share: wanted less than or equal to 1; found 60"),
    ("organisation: {loads: 1}\n", "policies.yaml:1: no key 'loads'; did you mean 'load'?"),
    ("adoption_weeks: {off: 4}\n", "policies.yaml:1: no key 'off'; did you mean 'of'?"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"policies.yaml": text})
