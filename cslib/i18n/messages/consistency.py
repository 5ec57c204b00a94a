"""Whether goals, targets and owners agree with each other: of each finding what it is, why it matters and what to do."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

_PAGE: dict[str, Message] = {
    "consistency_title": Message("KPI目標どうしのつじつま", "Whether targets agree with each other"),
    "consistency_text": Message(
        "矛盾{contradictions}件、抜け{gaps}件。矛盾から並べています。",
        "Contradictions: {contradictions}, gaps: {gaps}; contradictions first.",
    ),
    "consistency_none": Message("矛盾も抜けも見つかりません。", "Neither a contradiction nor a gap was found."),
    "consistency_contradiction": Message("矛盾", "Contradiction"),
    "consistency_gap": Message("抜け", "Gap"),
    "consistency_why": Message("なぜ大事か", "Why it matters"),
    "consistency_do": Message("すること", "What to do"),
    "consistency_where": Message("場所", "Where"),
    "consistency_tree": Message("ねらいから担当まで", "From the goal to its owners"),
    "consistency_tree_text": Message(
        "{targets}個のKPI目標を{owners}人・チームが持ち、{marked}個に印が付いています(●矛盾、○抜け)。",
        "Targets: {targets}, owners: {owners}, targets with a mark: {marked} (● contradiction, ○ gap).",
    ),
    "consistency_goal": Message("ねらい", "Goal"),
    "consistency_kgi": Message("KGI", "KGI"),
    "consistency_unsaid": Message("書かれていません", "not said"),
    "consistency_no_target": Message("KPI目標なし", "no target"),
    "consistency_no_owner": Message("担当なし", "no owner"),
    "consistency_target": Message("KPI目標 {target}(現在 {value})", "target {target} (now {value})"),
    "consistency_touch_high": Message("ハイタッチ", "high touch"),
    "consistency_touch_low": Message("ロータッチ", "low touch"),
    "consistency_touch_tech": Message("テックタッチ", "tech touch"),
    "reason_agrees": Message("何も見つかりません", "nothing was found"),
}

_CONTRADICTIONS: dict[str, Message] = {
    "consistency_a_what": Message(
        "{kpi}のKPI目標は月{loss}。これでは12か月後に残るのは{found}で、{about}のKPI目標{wanted}に届きません。",
        "{kpi} may be {loss} a month. That leaves {found} after 12 months, where the target of {about} is {wanted}.",
    ),
    "consistency_a_why": Message(
        "毎月の目標ちょうどで進むと、1年の目標は外れます。毎月の数字だけでは気づけません。",
        "Whoever just keeps to the month's target misses that of the year, and does not see it coming.",
    ),
    "consistency_a_do": Message(
        "{wanted}を残すには月{needed}まで。どちらかの目標を直します。",
        "Keeping {wanted} takes {needed} a month at most. Change one of the two.",
    ),
    "consistency_c_what": Message("{kpi}のKPI目標{found}が{about}のKPI目標{wanted}を下回っています。", "The target of {kpi}, {found}, lies below that of {about}, {wanted}."),
    "consistency_c_what_over": Message("{kpi}のKPI目標が{found}です。", "The target of {kpi} is {found}."),
    "consistency_c_why": Message(
        "NRRは残った金額に増額を足したものなので、GRRを下回りません。GRRは100%を超えません。",
        "NRR is GRR with growth added and never lies below it; GRR never exceeds 100 %.",
    ),
    "consistency_c_do": Message("2つの数字の定義を見て、目標を入れ替えるか直します。", "Look up how the two are defined, and mend the targets."),
    "consistency_d_what": Message(
        "{kpi}: セグメントの目標を合わせると{found}、全社の目標は{wanted}です。",
        "{kpi}: the segments' targets together come to {found}, the target of all customers is {wanted}.",
    ),
    "consistency_d_why": Message(
        "どのセグメントも達成しているのに全社が外れる、またはその逆が起こります。",
        "Every segment can reach its own while the whole misses, or the other way round.",
    ),
    "consistency_d_do": Message("どちらを本気の目標にするか決めて、もう一方を合わせます。", "Decide which of them is meant, and make the other follow."),
    "consistency_e_what": Message("{kpi}に目標がありますが、測れません。必要なデータ: {about}。", "{kpi} has a target and cannot be measured: it needs {about}."),
    "consistency_e_why": Message("達成したかどうかを誰も確かめられません。", "Nobody will ever see whether it is reached."),
    "consistency_e_do": Message("データをつなぐか、測れる数字の目標に替えます。", "Bring the data, or choose a figure that can be measured."),
    "consistency_f_what": Message(
        "セグメントのタッチモデルは「{about}」ですが、実際にそうなっている顧客は{found}です。",
        "The segment's touch model is {about}, and {found} of its customers have it.",
    ),
    "consistency_f_why": Message("目標と人数が、していない対応を前提に決まります。", "Targets and staff are planned for a way of working that is not in use."),
    "consistency_f_do": Message("顧客のタッチモデルを見直すか、セグメントのファイルの記載を実際に合わせます。", "Review the customers' models, or write down the one in use."),
}  # fmt: skip

_GAPS: dict[str, Message] = {
    "consistency_g_what": Message("ねらいが言葉になっていません。", "There is no goal in words."),
    "consistency_g_what_report": Message("この活動のねらいが言葉になっていません。", "What all this is for is not said in words."),
    "consistency_g_why": Message("何をもって達成とするかが人ごとに違ってきます。", "Everybody takes something else for success."),
    "consistency_g_do": Message("goal に、なぜ行うか、何が達成かを一文で書きます。", "Say under goal, in a sentence, why you do it and what counts as achieved."),
    "consistency_h_what_kgi": Message("KGIがありません。", "There is no KGI."),
    "consistency_h_what_owner": Message("KGI({kpi})に担当がいません。", "Nobody owns the KGI ({kpi})."),
    "consistency_h_why": Message("個々の目標をまとめて見る人がいません。", "Nobody looks at all the targets together."),
    "consistency_h_do": Message("kgi に数字と目標、owner を書きます。", "Name a figure, a target and an owner under kgi."),
    "consistency_i_what": Message("{kpi}のKPI目標に担当がいません。", "Nobody owns the target of {kpi}."),
    "consistency_i_why": Message("外れても、動く人が決まっていません。", "When it is missed, it is nobody's turn."),
    "consistency_i_do": Message("owner に人かチームを書きます。", "Name a person or a team as its owner."),
    "consistency_j_what": Message("「{about}」の段階に目標がありません。", "No target stands at the stage {about}."),
    "consistency_j_what_none": Message("目標がひとつもありません。", "There is no target at all."),
    "consistency_j_why": Message("そこでつまずいても、契約の数字に出るまで見えません。", "Trouble there stays unseen until contracts tell of it."),
    "consistency_j_do": Message("その段階の数字を1つ選んで目標を置きます。", "Choose one figure of that stage and set a target."),
    "consistency_k_what_defence": Message("守る目標だけで、伸ばす目標がありません。", "All targets are of defence; none is of offence."),
    "consistency_k_what_offence": Message("伸ばす目標だけで、守る目標がありません。", "All targets are of offence; none is of defence."),
    "consistency_k_what_wall": Message(
        "伸ばす目標だけですが、解約率は月{found}で壁の{wanted}を超えています。",
        "All targets are of offence, while churn is {found} a month and the wall {wanted}.",
    ),
    "consistency_k_why": Message("片側だけを追うと、もう片側で失うものに気づきません。", "Whoever watches one side does not see what the other loses."),
    "consistency_k_do": Message("足りない側の数字に目標を1つ加えます。", "Add a target of the other side."),
    "consistency_l_what": Message("ほかのすべてのセグメントに目標があり、ここにはない数字: {about}。", "All other segments have a target of these, and this one has none: {about}."),
    "consistency_l_why": Message("同じ数字で比べられず、抜けなのか判断なのかも分かりません。", "They cannot be held side by side, and nobody knows whether it was meant."),
    "consistency_l_do": Message("目標を置くか、置かない理由をファイルに書き残します。", "Set a target, or note in the file why there is none."),
    "consistency_m_what": Message("目標が{found}個あります(目安は{wanted}個まで)。", "There are {found} targets, more than {wanted}."),
    "consistency_m_what_owner": Message("{about}が目標を{found}個持っています(目安は{wanted}個まで)。", "{about} owns {found} targets, more than {wanted}."),
    "consistency_m_why": Message("多すぎる目標は、どれも見られなくなります。", "Of too many, none is looked after."),
    "consistency_m_do": Message("今期動かすものに絞るか、担当を分けます。", "Keep those to be changed this term, or share them out."),
    "consistency_n_what_reached": Message("{kpi}のKPI目標{wanted}は{found}か月続けてはっきり達成しています。", "The target of {kpi}, {wanted}, was clearly reached at {found} closes in a row."),
    "consistency_n_what_never": Message("{kpi}のKPI目標{wanted}は{found}か月一度も達成していません。", "The target of {kpi}, {wanted}, was not reached once in {found} closes."),
    "consistency_n_why": Message("いつも同じ結果の目標は、何も決める助けになりません。", "A target with always the same outcome decides nothing."),
    "consistency_n_do": Message("届くかどうかが五分の値に直すか、別の数字に替えます。", "Set it where it may go either way, or choose another figure."),
    "consistency_o_what": Message("{kpi}は3か月続けて目標{wanted}を外し(現在{found})、動いている施策がありません。", "{kpi} has missed its target of {wanted} for three closes ({found} now), and no action is under way."),
    "consistency_o_why": Message("外れたままが当たり前になります。", "Missing it becomes the custom."),
    "consistency_o_do": Message("actions.yaml に施策を1件書くか、目標を見直します。", "Write an action into actions.yaml, or review the target."),
    "consistency_p_what_none": Message("どのセグメントにも入らない顧客が{found}社います。", "Customers in no segment: {found}."),
    "consistency_p_what": Message("複数のセグメント({about})に入る顧客が{found}社います。", "Customers in several segments ({about}): {found}."),
    "consistency_p_why": Message("誰の目標でもない顧客や、二重に数える顧客が出ます。", "They are nobody's, or are counted twice."),
    "consistency_p_do": Message("where の条件を、すき間も重なりもないように直します。", "Mend the conditions under where, so that they leave no gap and no overlap."),
    "consistency_q_what": Message("目標の担当「{about}」は team.yaml にいません(目標{found}個)。", "{about} owns targets ({found}) and is not in team.yaml now."),
    "consistency_q_why": Message("その目標を誰に聞けばよいか分かりません。", "Nobody knows whom to ask about these targets."),
    "consistency_q_do": Message("担当を書き直すか、team.yaml に加えます。", "Name another owner, or add this one to team.yaml."),
}  # fmt: skip

CONSISTENCY: dict[str, Message] = {**_PAGE, **_CONTRADICTIONS, **_GAPS}
