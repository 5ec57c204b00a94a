"""What a page says around the reports: where a reader is, what failed, how to go on."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

PAGE: dict[str, Message] = {
    "language_name": Message("日本語", "English"),
    "earlier": Message("前月（{month}）のページ", "The month before: {month}"),
    "skip": Message("本文へ移動", "Skip to the content"),
    "overview": Message("一覧", "Overview"),
    "stages": Message("ステージ", "Stages"),
    "segments": Message("セグメント", "Segments"),
    "other_segments": Message(
        "上の表は、目標未達の多いセグメントに絞っています。表にないセグメント：{count}件",
        "The table is of the segments that miss the most targets. Segments that are not in it: {count}",
    ),
    "segment": Message("セグメント", "Segment"),
    "contents": Message("このページの内容", "On this page"),
    "month": Message("対象月", "Month"),
    "data_as_of": Message("データ基準日", "Data as of"),
    "source": Message("データソース", "Source"),
    "source_files": Message("ファイル", "Files"),
    "run_id": Message("実行ID", "Run"),
    "generated_from": Message("作成元", "Made from"),
    "data": Message("数値を表で見る", "Figures as a table"),
    "download_csv": Message("CSVをダウンロード", "Download CSV"),
    "rows_shown": Message(
        "全{total}行のうち{shown}行を表示。全件はCSVにあります。",
        "{shown} of {total} rows shown; all are in the CSV.",
    ),
    "scrollable": Message("{title}（横にスクロールできます）", "{title} (scrolls sideways)"),
    "chart_of": Message("グラフ：{title}", "Chart: {title}"),
    "chart_failed": Message(
        "グラフを表示できませんでした。下の表をご覧ください。",
        "The chart cannot be shown; the table below has its figures.",
    ),
    "no_script": Message(
        "スクリプトが無効のため、グラフの代わりに文章と表を表示しています。",
        "Scripts are off: sentences and tables stand in for the charts.",
    ),
    "missed_script": Message(
        "ここには動かせる図や部品がありますが、スクリプトを使うため、このページには表示できません。元のノートブックでご覧ください。",
        "Here stands something that moves by a script, which this page cannot show: the notebook itself has it.",
    ),
    "missed_output": Message(
        "ここにはこのページで表示できない形式の出力があります。元のノートブックでご覧ください。",
        "Here stands an output of a kind that this page cannot show: the notebook itself has it.",
    ),
    "missed_data": Message(
        "ここにはグラフがありますが、データを外部から読み込むため、このページには表示できません。元のノートブックでご覧ください。",
        "Here stands a chart that takes its data from elsewhere, which this page cannot do: the notebook itself has it.",
    ),
    "missed_picture": Message(
        "（このページに表示できない画像：{alt}）", "(a picture that this page cannot show: {alt})"
    ),
    "picture_unnamed": Message("画像（説明なし）", "Picture without a description"),
    "chart_unnamed": Message("説明のないグラフ", "a chart without a description"),
    "chart_failed_alone": Message("グラフを表示できませんでした。", "The chart cannot be shown."),
    "progress": Message("進み具合", "Progress"),
    "too_large": Message(
        "ここには大きな出力（{size} MB）があるため、省きました。元のノートブックでご覧ください。",
        "A large output ({size} MB) is left out here: the notebook itself has it.",
    ),
    "too_large_beside": Message(
        "ここには大きな出力（{size} MB）があるため、別のファイルにしました。",
        "A large output ({size} MB) stands in a file of its own.",
    ),
    "table": Message("表", "Table"),
    "open_file": Message("ファイルを開く", "Open the file"),
    "cell_failed": Message("この部分は計算できませんでした。", "This part could not be computed."),
    "report_failed": Message("このレポートは作成できませんでした", "This report could not be made"),
    "report_failed_why": Message(
        "ほかのページは通常どおりご覧いただけます。理由は次のとおりです。",
        "The other pages are not affected. The reason:",
    ),
    "last_good": Message("最後に作成できた版を開く", "Open the last version that could be made"),
    "failed_step": Message("止まった箇所", "Where it stopped"),
    "matrix": Message("セグメント別のKPI", "KPIs by segment"),
    "matrix_text": Message(
        "{month}の値、状況、前月からの変化（割合はポイント）。改善・悪化は偶然の幅を超えた変化だけに付きますが、これだけ並べば偶然のものも混じります。"
        "「区間内」は、目標が値の95%区間の中にあり、達成とも未達とも言えないことを表します。セグメント名から詳細へ進めます。",
        "Value, status and change since last month (shares in points), {month}. A change reads better or worse only where it"
        " exceeds what chance does; among so many some are chance even so. Cannot tell: the target lies inside the 95 %"
        " interval of the value. A segment's name opens its report.",
    ),
    "movements_notable": Message("注目すべき動き", "Notable movements"),
    "failures": Message("作成できなかったレポート", "Reports that could not be made"),
    "legend": Message("記号の意味", "What the marks mean"),
    "stage_count": Message("{kpis}指標", "{kpis} KPIs"),
    "stage_tally": Message(
        "{kpis}指標 · KPI目標{count}件中{reached}件達成", "{kpis} KPIs · {reached} of {count} targets reached"
    ),
    "stage_undecided": Message(
        "{kpis}指標 · KPI目標{count}件中{reached}件達成、{missed}件未達、{undecided}件判定できず",
        "{kpis} KPIs · of {count} targets {reached} reached, {missed} missed, {undecided} cannot be told",
    ),
}
