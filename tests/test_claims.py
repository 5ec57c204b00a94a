"""Fixed prose asks and defines. What brings about what is for an analysis to show, and no sentence that is always there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from cslib.i18n import TEXTS
from cslib.kpis import CATALOGUE
from tests.notebooks import SHIPPED

if TYPE_CHECKING:
    from cslib.kpis import Kpi

ROOT = Path(__file__).parents[1]
CAUSAL = re.compile(
    r"""
    \b(?: decid\w* \s+ (?:about|over|on|whether) | drive[ns]? | driving | lead(?:s|ing)? \s+ to | led \s+ to
    | (?:is|are|was|the) \s+ causes? | caus(?:es|ed|ing) | because \s+ of | due \s+ to | thanks \s+ to | owing \s+ to
    | result(?:s|ed|ing)? \s+ in | bring(?:s|ing)? \s+ about | brought \s+ about | reasons? \s+ to | pays? \s+ off
    | (?:is|are) \s+ worth | (?:an|the) \s+ effort | (?:the|an) \s+ (?:effect|impact|influence) \s+ (?:of|on)
    | affects? | influences? | improves? | boosts? | prevents? | the \s+ (?:lower|higher|more|less|sooner) \b .* \b the \s+ (?:lower|higher|more|less|sooner)
    | comes? \s+ before )\b
    | 左右 | 決め手 | 原因 | おかげ | せいで | もたら | 招[きくい] | 効果 | 影響 | つなが[りるっ] | 結びつ | 引き起こ | により.*(?:増|減|上が|下が|高ま|改善)
    | 理由にな | 価値があ | 高めま | 高まり?ま | 減らせ | 防[げぎ] | ほど、 | 手前にあ
    """,
    re.VERBOSE | re.IGNORECASE,
)


def claims(text: str) -> list[str]:
    """Return what a text says of causes; what is filled in, such as {causes}, is computed."""
    return [found[0] for found in CAUSAL.finditer(re.sub(r"\{\w+\}", "", text))]


@pytest.mark.parametrize(
    "text",
    [
        "最初の90日が、その後の利用と契約を左右します。",
        "The first 90 days decide about use, and use decides about the contract.",
        "低い段階ほど、先に手を打つ価値があります。",
        "The lower a stage, the more an effort there is worth.",
        "カスタマーサクセスの効果が契約に表れるまで半年以上かかります。",
        "顧客の成功が、続ける理由になります。",
        "A customer's success is its reason to stay.",
        "満足は継続の手前にあります。",
        "Churn fell because of onboarding.",
        "定着が解約の減少につながります。",
    ],
)
def test_a_claim_is_known_for_one(text: str) -> None:
    assert claims(text)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_notebook_claims_a_cause(path: Path) -> None:
    prose = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    assert prose
    assert not [(text, found) for text in prose if (found := claims(text))]


@pytest.mark.parametrize("key", TEXTS)
def test_no_text_claims_a_cause(key: str) -> None:
    assert not claims(TEXTS[key].ja) + claims(TEXTS[key].en)


@pytest.mark.parametrize("kpi", CATALOGUE, ids=lambda kpi: kpi.id)
def test_no_definition_claims_a_cause(kpi: Kpi) -> None:
    assert not [found for text in (kpi.ja, kpi.en, kpi.ja_formula, kpi.en_formula) for found in claims(text)]


def test_the_readme_claims_none() -> None:
    prose = re.sub(r"```.*?```", "", (ROOT / "README.md").read_text("utf-8"), flags=re.DOTALL)
    assert not claims(prose)
