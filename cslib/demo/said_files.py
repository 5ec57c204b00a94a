"""What the team of the demo says of a month, and what had happened before: notes/ and events.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cslib.periods import Month

COMMENT = """\
数字の前に読んでいただきたいこと。

- 大企業の**期限内完了率**は夏から下がっています。来月は、完了していない顧客の一覧を担当者ごとに確かめます。
- 更新を控えた契約は、財務のページの一覧から金額の大きい順に連絡します。
"""


def events_text(until: Month) -> str:
    """Return events.yaml: days lie so far from the demo's last month."""

    def day(months: int, of_month: int) -> str:
        return str((until + months).first_day.replace(day=of_month))

    return f"""\
# What happened that readers of a trend should know of: marked on the trends from its month on, not for readers outside the company.
- on: {day(-10, 15)}
  kind: release
  name: {{ja: 新しいダッシュボード, en: The new dashboard}}
- on: {day(-5, 1)}
  kind: price
  name: {{ja: 大企業プランの価格改定, en: New prices of the enterprise plan}}
  segments: [total, enterprise]
"""
