"""What the team says beside the figures: its comment on the month, and the events that are marked on the trends."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

COMMENTS: dict[str, Message] = {
    "comment_title": Message("今月のコメント", "Comment on the month"),
    "comment_title_of": Message("今月のコメント（{segment}）", "Comment on the month: {segment}"),
    "trend_events": Message("。縦線は出来事：{events}", ". Vertical lines mark events: {events}"),
    "trend_event": Message("{number} {name}（{kind}、{day}）", "{number} {name} ({kind}, {day})"),
    "event": Message("出来事", "Event"),
    "event_release": Message("リリース", "release"),
    "event_price": Message("価格改定", "price change"),
    "event_campaign": Message("キャンペーン", "campaign"),
    "event_other": Message("その他", "other"),
}
