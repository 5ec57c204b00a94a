"""What is said around the tables and charts of a report: who is behind a figure, what was checked, what changed."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

REPORT: dict[str, Message] = {
    "customers_behind": Message("{kpi}の該当顧客", "{kpi}: the customers concerned"),
    "customer_name": Message("顧客", "Customer"),
    "customer_csm": Message("担当", "CSM"),
    "customer_plan": Message("プラン", "Plan"),
    "customer_mrr": Message("MRR", "MRR"),
    "customer_stake": Message("かかわるMRR", "MRR concerned"),
    "customer_waited": Message("経過", "So far"),
    "customers_sum": Message(
        "{count}件の顧客。{counted}の合計は{sum}。", "Customers: {count}. {counted}, in all: {sum}."
    ),
    "customers_count": Message("顧客{count}件。", "Customers: {count}."),
    "untold": Message(
        "{title}：必要なデータ（{what}）がないため示せません。", "{title}: cannot be told, the data lack {what}."
    ),
    "untold_since": Message("{title}：まだ示せません（{reason}）。", "{title}: cannot be told yet ({reason})."),
    "of_few": Message("{title}：{reason}。", "{title}: {reason}."),
    "not_measured": Message(
        "ほかに{count}件のKPIは、必要なデータ（{what}）がないため測れません。",
        "{count} more KPIs cannot be measured: the data lack {what}.",
    ),
    "restated": Message("過去の数字の訂正", "Restated figures"),
    "restated_none": Message(
        "以前のレポートと比べて、過去の月の値に変更はありません。",
        "No figure of a past month differs from what an earlier report has said.",
    ),
    "restated_unknown": Message(
        "レポートの実行（cslib run）が、以前の実行と比べてここに示します。",
        "A run of the reports (cslib run) compares with an earlier one and shows it here.",
    ),
    "restated_kpi": Message("指標", "KPI"),
    "restated_months": Message("変わった月", "Months"),
    "restated_month": Message("最大の変更", "Largest change in"),
    "restated_before": Message("以前の値", "Before"),
    "restated_after": Message("今回の値", "Now"),
    "restated_span": Message("{first}〜{last}（{count}か月）", "{first} to {last} ({count} months)"),
    "restated_why": Message(
        "以前のレポートとの違い：{causes}。各月の値はCSVにあります。",
        "What differs from the earlier report: {causes}. The CSV has every month.",
    ),
    "restated_by_definitions": Message("KPIの定義（{detail}）", "the definitions ({detail})"),
    "restated_by_policies": Message("方針 {detail}", "policies, {detail}"),
    "restated_by_conditions": Message("セグメントの条件 {detail}", "the segment's conditions, {detail}"),
    "restated_by_data": Message(
        "後から届いた、または直されたデータ（{detail}）", "data that came or were corrected later ({detail})"
    ),
    "restated_by_nothing": Message("見つかりません", "nothing that was recorded"),
    "laws": Message("数字どうしの検算", "Figures held against each other"),
    "law": Message("成り立つべきこと", "Check"),
    "law_tried": Message("確かめた回数", "Times checked"),
    "law_broken": Message("不整合の回数", "Inconsistent"),
    "law_bridge": Message(
        "月初 + 増減 = 月末（顧客・月ごと）", "Opening + movements = closing, per customer and month"
    ),
    "law_continuity": Message("前月末 = 当月初（顧客・月ごと）", "Last closing = this opening, per customer and month"),
    "law_retention": Message("GRRは100%以下、かつNRR以下", "GRR is at most 100 % and at most NRR"),
    "law_churn": Message(
        "失った顧客 = 月初の顧客 − 残った顧客", "Customers lost = customers at the opening − those kept"
    ),
    "law_revenue": Message(
        "レベニューチャーン = 100% − 月次の総売上維持率", "Revenue churn = 100 % − the month's gross retention"
    ),
    "laws_kept": Message(
        "{count}回の検算で、不整合はありません。", "{count} checks of the figures, all of them consistent."
    ),
    "laws_alarm": Message("数字どうしが合いません", "The figures contradict each other"),
    "laws_broken": Message(
        "このデータで成り立たないもの：{laws}。財務の数字を使う前に、末尾の検算を確かめてください。",
        "These do not hold on the data: {laws}. See the reconciliation before using the financial figures.",
    ),
    "reading": Message("読み方", "Reading"),
    "nrr_readings": Message("NRRの二つの読み方", "Two readings of NRR"),
    "nrr_then": Message("12か月前の顧客の12か月前のMRR", "MRR 12 months ago of the customers of then"),
    "nrr_now": Message("同じ顧客の現在のMRR", "MRR now of the same customers"),
    "nrr_cohort": Message("NRR（顧客から。定義どおり）", "NRR from customers, as defined"),
    "nrr_later": Message(
        "その後に獲得・再契約した顧客の、獲得後の増減",
        "Movements, after they came, of customers gained or regained since",
    ),
    "nrr_bridge": Message("増減表から読んだ値", "As the movements of MRR would give it"),
    "nrr_why": Message(
        "増減表には、12か月前にいなかった顧客の拡大や解約も混ざります。NRRは同じ顧客だけを追うため、これを数えません。",
        "The bridge also holds what customers who came later expanded or lost. NRR follows the same customers, so it leaves that out.",
    ),
    "between": Message("月の途中で始まって終わった契約", "Contracts that began and ended within a month"),
    "between_text": Message(
        "月末をまたがないため、どの増減にも現れない契約が{count}件、月額で{amount}あります。",
        "{count} contracts, {amount} a month, began and ended between two month ends, so no movement includes them.",
    ),
    "contract": Message("契約", "Contract"),
    "product": Message("製品", "Product"),
    "starts_on": Message("開始", "Starts"),
    "sources": Message("読み込んだデータ", "Data that were read"),
    "source_table": Message("表", "Table"),
    "source_rows": Message("行数", "Rows"),
    "source_aside": Message("除外した行", "Left out"),
    "source_share": Message("割合", "Share"),
    "source_claims": Message("合わなかった検証ルールと行数", "Rules not met, with rows"),
    "source_blank": Message("空の行{count}", "blank rows {count}"),
    "source_total": Message("合計の行{count}", "rows of totals {count}"),
    "source_copy": Message("同じ行の重複{count}", "exact copies {count}"),
    "source_older": Message("新しい状態に置き換えた古い行{count}", "older states {count}"),
    "source_overlap": Message(
        "同じ行が複数のファイルに{count}行あります。書き出した期間が重なっていれば、二重に数えています。",
        "{count} rows stand in several files alike; where the exports overlap, they count twice.",
    ),
    "source_contract_end": Message(
        "{count}件の契約は、次の契約が始まる日に終わっています。ends_onはサービスのない最初の日かもしれません（方針contract_endで決めてください）。",
        "{count} terms end on the day on which the next one starts: ends_on may be the first day without service, which the policy "
        "contract_end settles.",
    ),
    "source_month_ends": Message(
        "月々の金額から作った契約のうち{count}件は月末で終わり、その月の締めで解約として数えています。月次のMRRはその月の金額より少なくなります"
        "（方針churn_monthで決めてください）。",
        "{count} terms made of levels end with a month and are lost at that month's own close, so that its MRR is less than its levels, "
        "which the policy churn_month settles.",
    ),
    "source_terms_added": Message(
        "同じ顧客・製品の後の契約と重なる契約が{count}件あり、月額{amount}を合算しています。早めの更新なら二重です（方針overlapping_terms）。",
        "{count} terms overlap a later one of the same customer and product; monthly amounts of {amount} count beside it, twice where "
        "it is an early renewal (policy overlapping_terms).",
    ),
    "source_terms_replaced": Message(
        "同じ顧客・製品の後の契約が始まる日に終わるものとした契約が{count}件、月額{amount}あります（方針overlapping_terms）。",
        "{count} terms, monthly amounts of {amount}, end with the start of a later one of the same customer and product (policy "
        "overlapping_terms).",
    ),
    "source_assigned_twice": Message(
        "同じ顧客・種類の後の担当と重なる担当が{count}件あり、重なる間は後の担当を数えています（終わっていればended_onに日付を入れてください）。",
        "{count} assignments last beyond the start of a later one of the same customer and kind; while they overlap, the later one "
        "counts (where one is over, write the day into ended_on).",
    ),
    "source_title": Message(
        "見出しの上の{count}行は帳票の表題とみて除きました。",
        "{count} rows above the header are a report's title, and left out.",
    ),
    "source_footer": Message(
        "末尾の{count}行は帳票の脚注とみて除きました。",
        "{count} rows at the end of a file are a report's footer, and left out.",
    ),
    "source_converted": Message(
        "他の通貨の{count}行の金額を、方針の為替レート（rates）で換算しました。",
        "The amounts of {count} rows in another currency were converted by the policies' rates.",
    ),
    "source_shaped": Message(
        "ソースの{count}行を、source.yamlに従って組み替えて読みました。",
        "{count} rows of the source were reshaped as source.yaml says.",
    ),
    "source_left_out": Message("対象外の行", "Not counted"),
    "source_note": Message("注意", "Note"),
    "source_cut": Message(
        "{month}は途中までのようです（最後の行は{day}）。この月の値は低めに出ているおそれがあります。",
        "{month} looks incomplete (the last row is of {day}); its figures may be too low.",
    ),
    "absent_contracts_trial": Message(
        "列{column}がないため、試用の契約はないものとします。", "Without a column {column}, no contract is a trial."
    ),
    "absent_milestones_required": Message(
        "列{column}がないため、すべて必須とします。", "Without a column {column}, every milestone is required."
    ),
    "absent_usage_events": Message(
        "列{column}がないため、1行を1回とします。", "Without a column {column}, every row is one event."
    ),
    "absent_surveys_respondent_id": Message(
        "列{column}がないため、回答はそれぞれ別の人のものとします。",
        "Without a column {column}, every answer is a respondent of its own.",
    ),
    "absent_contracts_contract_id": Message(
        "列{column}がないため、1行を1件の契約とします。", "Without a column {column}, every row is a term of its own."
    ),
    "absent_users_user_id": Message(
        "列{column}がないため、1行を1件のアカウントとします。",
        "Without a column {column}, every row is an account of its own.",
    ),
    "absent_surveys_response_id": Message(
        "列{column}がないため、1行を1件の回答とします。",
        "Without a column {column}, every row is an answer of its own.",
    ),
    "absent_goals_goal_id": Message(
        "列{column}がないため、1行を顧客の目標1件とします。",
        "Without a column {column}, every row is a goal of its own.",
    ),
    "absent_proposals_proposal_id": Message(
        "列{column}がないため、1行を1件の提案とします。",
        "Without a column {column}, every row is a proposal of its own.",
    ),
    "absent_tickets_ticket_id": Message(
        "列{column}がないため、1行を1件の問い合わせとします。",
        "Without a column {column}, every row is a case of its own.",
    ),
    "absent_purchases_purchase_id": Message(
        "列{column}がないため、1行を1件の注文とします。", "Without a column {column}, every row is an order of its own."
    ),
    "source_tied": Message(
        "同じ人が同時に違う点数を付けたNPS回答が{count}件あり、どれが最新かは回答IDの順で決めています。",
        "{count} NPS answers share person and time with another one of a different score; their ids decide which is the latest.",
    ),
    "source_by_month": Message(
        "月単位の集計です。日や週にもとづく値は測定できません。",
        "Rolled up to months, so what lives on days or weeks cannot be measured.",
    ),
    "changes": Message("はっきりした変化", "Clear changes"),
    "moved": Message(
        "1・3・6・12か月前と比べた{count}通りの変化をまとめて調べ、偶然によるものが1割までに収まる動きだけを、KPIごとに最も明らかな期間で"
        "挙げています（ベンジャミニ・ホッホベルク法）。",
        "Of {count} changes over 1, 3, 6 and 12 months, those are listed of which at most one in ten is chance (Benjamini and"
        " Hochberg's rule over all of them), each KPI over the months in which it moved most clearly.",
    ),
    "moved_more": Message("{found}個のKPIのうち最も明らかな{shown}個です。", "The clearest {shown} of {found} KPIs."),
    "moved_none": Message(
        "1・3・6・12か月前と比べた{count}通りの変化をまとめて調べ、偶然の揺れを超える動きはありませんでした（ベンジャミニ・ホッホベルク法、10%）。",
        "Of {count} changes over 1, 3, 6 and 12 months, taken together, none is more than chance would explain (Benjamini and"
        " Hochberg's rule at 10 %).",
    ),
    "changes_incomparable": Message(
        "以前の月と比べられる値がまだありません。", "There is nothing yet that could be compared with an earlier month."
    ),
    "before": Message("以前", "Before"),
    "change": Message("変化", "Change"),
    "change_since": Message("いつから", "Since"),
    "figure_in_month": Message("{value}（{month}）", "{value} ({month})"),
    "notable_text": Message(
        "{month}の{before}から{change}。{since}から続く", "{change} from {before} in {month}; so since {since}"
    ),
    "notice_no_value": Message(
        "契約も購入もデータにないため、解約と顧客の価値はわかりません。",
        "The data hold neither contracts nor purchases, so churn and customer value cannot be told.",
    ),
    "notice_external": Message(
        "社外向けの版です。顧客と個人は仮名で示し、{least}未満の顧客または件数に基づく値は表示しません。",
        "Edition for readers outside the company: customers and people bear pseudonyms, and what rests on fewer than "
        "{least} customers or cases is hidden.",
    ),
    "notice_damaged": Message(
        "以前の実行 {runs} は読み取れないため、その数値とは比較していません。",
        "The earlier run {runs} cannot be read any more, so its figures could not be compared with.",
    ),
}
