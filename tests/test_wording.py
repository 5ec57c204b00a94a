"""Numbers, months and texts as readers see them."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cslib.errors import UnknownName
from cslib.i18n import TEXTS, Wording, messages
from cslib.kpis.kpi import Unit

JA, EN = Wording("ja"), Wording("en")
NBSP = "\N{NO-BREAK SPACE}"
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def test_no_text_stands_twice() -> None:
    assert len(TEXTS) == sum(map(len, messages.PARTS))


def fields(text: str) -> set[str | None]:
    """Return what a text wants filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_everything(key: str) -> None:
    words = TEXTS[key]
    assert words.en.strip() or key == "between_sentences"
    assert words.ja.strip() or key == "between_sentences"
    assert fields(words.ja) == fields(words.en)
    assert not JAPANESE.search(words.en) or key == "language_name"


ESTIMATED = {"median", "open_share"}
OF_CURVES = [
    key for key, words in TEXTS.items() if key in ESTIMATED or "median" in fields(words.en) or key == "survival_open"
]


@pytest.mark.parametrize("key", OF_CURVES)
def test_what_a_curve_tells_reads_as_an_estimate(key: str) -> None:
    """Half of 234 "had done so within 320 days" was 37 % of them: the rest were still open, and may take longer."""
    assert "推定" in TEXTS[key].ja
    assert "estimate" in TEXTS[key].en.lower()


@pytest.mark.parametrize(
    ("unit", "x", "ja", "en"),
    [
        (Unit.SHARE, 0.8, "80.0%", f"80.0{NBSP}%"),
        (Unit.SHARE, 1.1234, "112.3%", f"112.3{NBSP}%"),
        (Unit.POINTS, 1 / 3, "+33.3", "+33.3"),
        (Unit.POINTS, -0.12, "−12.0", "−12.0"),
        (Unit.POINTS, 0, "0.0", "0.0"),
        (Unit.SCORE, 5.23, "5.2", "5.2"),
        (Unit.COUNT, 12345, "12,345", "12,345"),
        (Unit.DAYS, 45, "45日", f"45{NBSP}days"),
        (Unit.DAYS, 1, "1日", f"1{NBSP}day"),
        (Unit.DAYS, 45.5, "45.5日", f"45.5{NBSP}days"),
        (Unit.MONTHS, 12.3, "12.3か月", f"12.3{NBSP}months"),
        (Unit.TIMES, 3.5, "3.5倍", "3.5×"),
        (Unit.AMOUNT, 0, "0円", "¥0"),
        (Unit.AMOUNT, 8900, "8,900円", "¥8.90K"),
        (Unit.AMOUNT, 12345, "1.23万円", "¥12.3K"),
        (Unit.AMOUNT, 12345678, "1,235万円", "¥12.3M"),
        (Unit.AMOUNT, 99999999, "1.00億円", "¥100M"),
        (Unit.AMOUNT, 123456789, "1.23億円", "¥123M"),
        (Unit.AMOUNT, -5.6e12, "−5.60兆円", "−¥5.60T"),
    ],
)
def test_values(unit: Unit, x: float, ja: str, en: str) -> None:
    assert (JA.value(unit, x), EN.value(unit, x)) == (ja, en)


def test_other_currencies_keep_their_sign() -> None:
    assert Wording("en", "USD").value(Unit.AMOUNT, 1_234_567) == "$1.23M"
    assert Wording("ja", "USD").value(Unit.AMOUNT, 1_234_567) == "$123万"
    assert Wording("en", "USD").amount_full(-1234.5) == "−$1,234.50"
    assert JA.amount_full(123_456_789) == "123,456,789円"


@pytest.mark.parametrize(
    ("unit", "delta", "ja", "en"),
    [
        (Unit.SHARE, 0.012, "+1.2ポイント", f"+1.2{NBSP}pp"),
        (Unit.SHARE, -0.0001, "±0.0ポイント", f"±0.0{NBSP}pp"),
        (Unit.POINTS, -0.05, "−5.0", "−5.0"),
        (Unit.COUNT, 3, "+3", "+3"),
        (Unit.AMOUNT, 3_200_000, "+320万円", "+¥3.20M"),
        (Unit.AMOUNT, 0, "±0円", "±¥0"),
    ],
)
def test_changes_carry_their_sign(unit: Unit, delta: float, ja: str, en: str) -> None:
    assert (JA.change(unit, delta), EN.change(unit, delta)) == (ja, en)


def test_intervals_say_their_unit_once() -> None:
    assert JA.interval(Unit.SHARE, 0.751, 0.842) == "75.1〜84.2%"
    assert EN.interval(Unit.POINTS, -0.1, 0.5) == "−10.0 to +50.0"
    assert EN.interval(Unit.SHARE, None, 0.1) == "–"


def test_an_interval_without_an_end_says_where_it_begins() -> None:
    assert JA.interval(Unit.DAYS, 26, float("nan")) == "26日以上（上限には未到達）"
    assert EN.interval(Unit.DAYS, 26, float("nan")) == f"26{NBSP}days or more (upper end not reached)"


@example(1.797693134862316e306, Unit.SHARE, JA)
@given(
    st.one_of(st.floats(), st.none(), st.text(), st.integers()),
    st.sampled_from(Unit),
    st.sampled_from([JA, EN, Wording("en", "USD"), Wording("ja", "EUR")]),
)
def test_nothing_unreadable_is_ever_shown(x: object, unit: Unit, wording: Wording) -> None:
    for shown in (wording.value(unit, x), wording.change(unit, x), wording.amount_full(x)):
        assert shown
        assert not re.search(r"nan|inf|none", shown, re.IGNORECASE)
        assert "-" not in shown


def test_axis_labels_have_the_decimals_that_their_step_needs() -> None:
    assert JA.tick(Unit.SHARE, 0.25, 0.05) == "25%"
    assert JA.tick(Unit.SHARE, 0.005, 0.005) == "0.5%"
    assert [JA.tick(Unit.POINTS, x, 0.2) for x in (-0.2, 0.0, 0.2)] == ["−20", "0", "+20"]
    assert JA.tick(Unit.AMOUNT, 1.3e8, 2e6) == "1.30億円"
    assert JA.tick(Unit.AMOUNT, 5e6, 5e6) == "500万円"


def test_months_and_days() -> None:
    assert (JA.month("2026-10"), EN.month("2026-10")) == ("2026年10月", "Oct 2026")
    assert (JA.date("2026-10-31T12:00"), EN.date("2026-10-31")) == ("2026年10月31日", "31 Oct 2026")
    assert (JA.quarter("2026-01"), EN.quarter("2026-01")) == ("2026年1〜3月", "Jan–Mar 2026")
    assert JA.month(float("nan")) == EN.date("soon") == "–"


@pytest.mark.parametrize(
    ("month", "start", "ja", "en"),
    [
        ("2026-10", 4, "2026年度第3四半期", "FY2026 Q3"),
        ("2026-03", 4, "2025年度第4四半期", "FY2025 Q4"),
        ("2026-10", 1, "2026年第4四半期", "2026 Q4"),
    ],
)
def test_fiscal_quarters(month: str, start: int, ja: str, en: str) -> None:
    assert Wording("ja", fiscal_year_start=start).fiscal_quarter(month) == ja
    assert Wording("en", fiscal_year_start=start).fiscal_quarter(month) == en


def test_reasons_are_worded_by_their_code() -> None:
    assert JA.reason("needs goals, contracts.seats") == "測定不可：必要なデータは顧客の目標、契約（seats）"
    assert EN.reason("needs goals, contracts.seats") == "not measurable: needs goals, contracts (seats)"
    assert JA.reason("empty: nobody and nothing to measure") == "対象なし"
    assert JA.reason("whatever else") == "whatever else"
    assert JA.reason(None) == JA.reason(float("nan")) == ""


def test_a_status_that_is_missing_reads_as_no_target() -> None:
    assert JA.status("off_target") == "未達"
    assert EN.status(None) == "No target"


def test_whole_numbers_in_texts_are_grouped() -> None:
    assert JA.text("laws_kept", count=30024) == "30,024回の検算で、不整合はありません。"
    assert EN.text("laws_kept", count=30024) == "30,024 checks of the figures, all of them consistent."


def test_unknown_texts_and_languages_are_refused() -> None:
    with pytest.raises(UnknownName, match="did you mean 'target'"):
        JA.text("targt")
    with pytest.raises(UnknownName, match="no language 'fr'"):
        Wording("fr")  # type: ignore[arg-type]
