"""Invented names: companies, and the people who look after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cslib.demo.columns import Flags, Texts

FIRST = tuple("蒼碧暁澄颯瑞燈梓楓椿柊凪汐澪遥朔翠茜橙雫霞霧霜露稲桐榊樫欅栞紬灯詩奏律弦鈴珀")
SECOND = tuple("嶺原浜瀬岳波峰野河里沢崎丘洲津代見越倉戸谷坂宮森川")
TRADES = {  # the last part of the name tells the industry
    "製作所": "製造", "精機": "製造", "工業": "製造", "電機": "製造", "化成": "製造",
    "商事": "卸売", "通商": "卸売", "産業": "卸売", "ストアーズ": "小売", "フーズ": "小売",
    "物流": "運輸・物流", "運輸": "運輸・物流", "ロジスティクス": "運輸・物流",
    "建設": "建設", "設計": "建設", "不動産": "不動産", "エステート": "不動産",
    "システムズ": "情報通信", "テクノロジーズ": "情報通信", "デジタル": "情報通信", "ソリューションズ": "情報通信",
    "メディカル": "医療・福祉", "ケアサービス": "医療・福祉", "キャピタル": "金融", "総研": "サービス",
    "印刷": "サービス", "学習社": "教育", "ホールディングス": "サービス",
}  # fmt: skip
FORMS = np.array(["株式会社{}", "{}株式会社", "有限会社{}", "合同会社{}"])
FORM_SHARES = (0.44, 0.34, 0.11, 0.11)
STOCK_FORMS = 2  # the first two, a joint-stock company's, are the only ones for a large company
FAMILY = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田", "佐々木",
          "山口", "松本", "井上", "木村", "林", "斎藤", "清水", "山崎", "森", "池田", "橋本")  # fmt: skip
GIVEN = ("美咲", "翔太", "陽菜", "健太", "さくら", "大輔", "結衣", "拓也", "彩香", "直樹", "真由", "亮",
         "千尋", "和也", "友美", "誠", "葵", "悠斗", "恵", "隼人", "凛", "浩二", "奈々", "蓮", "薫")  # fmt: skip


def companies(rng: np.random.Generator, large: Flags) -> tuple[Texts, Texts]:
    """Return a different company name for each of `large`, and the industry of each."""
    trades = tuple(TRADES)
    stems = len(FIRST) * len(SECOND) * len(trades)
    rounds = -(-len(large) // stems)
    numbers = np.concatenate([rng.permutation(stems) for _ in range(rounds)])[: len(large)].tolist()
    forms = rng.choice(len(FORMS), len(large), p=FORM_SHARES)
    forms = np.where(large, forms % STOCK_FORMS, forms)
    stemmed = (_stem(number, place // stems) for place, number in enumerate(numbers))
    names = [FORMS[form].format(stem) for form, stem in zip(forms, stemmed, strict=True)]
    return np.array(names), np.array([TRADES[trades[number % len(trades)]] for number in numbers])


def _stem(number: int, again: int) -> str:
    trades = tuple(TRADES)
    rest, trade = divmod(number, len(trades))
    first, second = divmod(rest, len(SECOND))
    return f"{FIRST[first]}{SECOND[second]}{'第' + str(again + 1) if again else ''}{trades[trade]}"


def people(rng: np.random.Generator, count: int) -> Texts:
    """Return `count` names of persons, different as long as the names last."""
    numbers = np.resize(rng.permutation(len(FAMILY) * len(GIVEN)), count)
    return np.array([f"{FAMILY[number // len(GIVEN)]} {GIVEN[number % len(GIVEN)]}" for number in numbers])
