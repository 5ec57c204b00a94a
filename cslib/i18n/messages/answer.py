"""What a month comes to, in sentences: the goal, MRR, which targets are missed, and what to look at first."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

ANSWER: dict[str, Message] = {
    "goal_on_target": Message(
        "KGIの{kpi}は{value}で、目標{target}を達成しています。",
        "The key goal, {kpi}, is at {value} and reaches its target of {target}.",
    ),
    "goal_off_target": Message(
        "KGIの{kpi}は{value}で、未達です(目標{target}まであと{gap})。",
        "The key goal, {kpi}, is at {value} and misses its target of {target} by {gap}.",
    ),
    "goal_within_interval": Message(
        "KGIの{kpi}は{value}です。目標{target}が95%区間({interval})の中にあり、達成とも未達とも言えません。",
        "The key goal, {kpi}, is at {value}. Its target of {target} lies inside the 95 % interval ({interval}), so it can be"
        " called neither reached nor missed.",
    ),
    "goal_small": Message(
        "KGIの{kpi}は{value}ですが、対象が少数のため、目標{target}を達成したとも未達とも言えません。",
        "The key goal, {kpi}, is at {value}, but on too few cases to call its target of {target} reached or missed.",
    ),
    "goal_not_measurable": Message(
        "KGIの{kpi}は示せません({reason})。", "The key goal, {kpi}, cannot be told ({reason})."
    ),
    "revenue": Message("MRRは{value}です。", "MRR is {value}."),
    "revenue_changed": Message("MRRは{value}です(前月差{change})。", "MRR is {value} ({change} vs last month)."),
    "answer_on_target": Message(
        "KPI目標{count}件のうち{reached}件を達成。", "{reached} of {count} targets are reached."
    ),
    "answer_undecided": Message(
        "KPI目標{count}件のうち、達成{reached}件、未達{missed}件、判定できないもの{undecided}件(目標が値の95%区間の中)。",
        "Of {count} targets: {reached} reached, {missed} missed, {undecided} that cannot be told (inside the 95 % interval"
        " of the value).",
    ),
    "answer_missed": Message("未達は{kpis}。", "Missed: {kpis}."),
    "answer_miss": Message("{what} {value}(目標{target}まであと{gap})", "{what} {value} (target {target}, {gap} away)"),
    "answer_of_segment": Message("{segment}の{kpi}", "{kpi} ({segment})"),
    "answer_more": Message("ほか{count}件", "{count} more"),
    "answer_untold": Message(
        "ほか{count}件は、対象が少数か、測定できません。", "{count} more are on few cases or cannot be measured."
    ),
    "answer_absent": Message("データがなく測れない目標は{kpis}。", "Targets that the data cannot tell: {kpis}."),
    "answer_all_untold": Message(
        "KPI目標{count}件は、どれも対象が少数か測定できないため、達成とも未達とも言えません。",
        "Targets: {count}. All are on few cases or cannot be measured, so none can be called reached or missed.",
    ),
    "answer_no_target": Message("KPI目標はありません。", "No targets are set."),
    "first": Message("まず見るのは{what}です。", "Look first at {what}."),
    "first_owned": Message("まず見るのは{what}です(担当: {owner})。", "Look first at {what} (owner: {owner})."),
    "first_reached": Message(
        "最後に目標{target}に届いたのは{month}({then})で、今は{value}です。",
        "It last reached its target of {target} in {month} ({then}); now it is at {value}.",
    ),
    "first_never": Message(
        "今は{value}で、これまでの{months}か月に目標{target}へ届いた月はありません。",
        "It is at {value}, and in none of the {months} months before did it reach its target of {target}.",
    ),
    "first_new": Message("今は{value}、目標は{target}です。", "It is at {value}, its target is {target}."),
    "first_by_interval": Message(
        "未達の目標のうち、95%区間の幅に比べて目標から最も離れています。",
        "Of the missed targets it is the farthest off, by the width of its 95 % interval.",
    ),
    "first_by_share": Message(
        "未達の目標のうち、目標に対する差の割合が最も大きいものです。",
        "Of the missed targets it is the farthest off, as a share of its target.",
    ),
    "first_by_interval_of_segments": Message(
        "条件のあるセグメントの未達のうち、95%区間の幅に比べて目標から最も離れています。",
        "Of the targets that single segments miss it is the farthest off, by the width of its 95 % interval.",
    ),
    "first_by_share_of_segments": Message(
        "条件のあるセグメントの未達のうち、目標に対する差の割合が最も大きいものです。",
        "Of the targets that single segments miss it is the farthest off, as a share of its target.",
    ),
    "tiles_folded": Message("ほかの目標({count}件)", "The other targets ({count})"),
}
