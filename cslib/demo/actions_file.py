"""What the team of the demo has decided to do, in every state that an action can be in: actions.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from cslib.periods import Month

_HEAD = """\
# What the team has decided to do, what it expects, and what it decided when it looked again (plan, do, check, act).
# `cslib analyse pdca` says how far each has come. Changes are in the unit of the KPI: 0.05 is five points of a share.
"""
_PROGRAMME = "ハンズオン研修"


def actions_text(until: Month, joined: Collection[str]) -> str:
    """Return the file: days lie so far from the demo's last month; a programme is named where anybody has `joined` it."""

    def day(months: int, of_month: int) -> str:
        return str((until + months).first_day.replace(day=of_month))

    programme = f"  programme: {_PROGRAMME}\n" if _PROGRAMME in joined else ""
    return (
        _HEAD
        + f"""\
- id: kickoff-48h
  name: {{ja: 契約後48時間以内のキックオフ, en: Kick-off within 48 hours}}
  kpi: onboarding_on_time
  segment: midmarket
  owner: オンボーディング
  started_on: {day(-7, 10)}
  expected: {{change: 0.05, by: {until - 1}}}
  review_on: {day(0, 15)}
  plan: {{ja: 営業から引き継いだその日に、キックオフの日程を送る, en: Send dates for the kick-off on the day of the hand-off}}
  done:
    - {{on: {day(-7, 12)}, note: {{ja: 手順書を配布, en: Handed out the script}}}}
    - {{on: {day(-6, 20)}, note: {{ja: 営業の引き継ぎ票に項目を追加, en: Added it to the hand-off form of sales}}}}
- id: hands-on-training
  name: {{ja: ハンズオン研修で定着を上げる, en: Adoption by hands-on training}}
  kpi: adoption
  segment: total
  owner: CSM
  started_on: {day(-8, 2)}
  expected: {{change: 0.03, by: {until + 2}}}
  review_on: {day(3, 15)}
{programme}\
  plan: {{ja: 利用の浅い顧客に研修を月2回開く, en: Training twice a month for customers who use little}}
  done:
    - {{on: {day(-8, 2)}, note: {{ja: 第1回を開催, en: Held the first}}}}
- id: detractor-calls
  name: {{ja: 批判者への48時間以内の電話, en: A call to detractors within 48 hours}}
  kpi: nps
  segment: enterprise
  owner: CSM
  started_on: {day(-9, 5)}
  expected: {{change: 0.1, by: {until - 1}}}
  review_on: {day(0, 10)}
  plan: {{ja: 回答が届いた翌日までに担当者が電話する, en: The CSM calls by the day after the answer}}
  done:
    - {{on: {day(-9, 8)}, note: {{ja: 通知を設定, en: Set up the alert}}}}
  decision: {{on: {day(0, 20)}, what: keep, why: {{ja: 手間は小さく、顧客の声が早く届く, en: Little effort and early word from customers}}}}
- id: goals-by-mail
  name: {{ja: 顧客の目標の聞き取りメール, en: Asking for goals by mail}}
  kpi: goal_coverage
  segment: smb
  owner: CSオペレーション
  started_on: {day(-10, 1)}
  expected: {{value: 0.95, by: {until - 3}}}
  review_on: {day(-3, 1)}
  done:
    - {{on: {day(-10, 1)}, note: {{ja: メールを自動化, en: Automated the mail}}}}
  decision:
    on: {day(-3, 5)}
    what: change
    why: {{ja: 返信が少ない。契約直後の画面で聞く, en: Few replies; ask on the first screens instead}}
    next: goals-at-start
- id: goals-at-start
  name: {{ja: 利用開始の画面で顧客の目標を聞く, en: Asking for goals on the first screens}}
  kpi: goal_coverage
  segment: smb
  owner: CSオペレーション
  started_on: {day(-1, 8)}
  expected: {{change: 0.03, by: {until + 4}}}
  review_on: {day(5, 10)}
  plan: {{ja: 最初のログインで3つの選択肢から選んでもらう, en: Three choices at the first login}}
  done:
    - {{on: {day(-1, 8)}, note: {{ja: 公開, en: Released}}}}
- id: seat-check
  name: {{ja: 契約席数とアカウントの棚卸し, en: Checking seats against accounts}}
  kpi: account_issuance
  segment: midmarket
  owner: CSM
  started_on: {day(1, 16)}
  expected: {{change: 0.03, by: {until + 6}}}
  review_on: {day(7, 15)}
  plan: {{ja: 四半期の面談で未発行の席を一緒に確かめる, en: Go through open seats together at the quarterly meeting}}
"""
    )
