"""What is said of what Customer Success costs, beside what was kept and added."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

COSTS: dict[str, Message] = {
    "costs_title": Message(
        "CSの費用と、保った粗利・増えた粗利(直近12か月)", "What CS cost, and the margin kept and added (last 12 months)"
    ),
    "costs_said": Message(
        "CSとサポートの費用は{cost}。12か月前の顧客から保った粗利は{kept}、増えた粗利は{added}(値上げの分も含む)で、費用はその{ratio}です。",
        "Customer Success and support cost {cost}. Of the customers of twelve months ago a margin of {kept} was kept and {added} added "
        "(price rises among it); the cost is {ratio} of both.",
    ),
    "costs_kept_alone": Message(
        "12か月前の顧客から保った粗利は{kept}、増えた粗利は{added}(値上げの分も含む)です。",
        "Of the customers of twelve months ago a margin of {kept} was kept and {added} added (price rises among it).",
    ),
    "costs_even": Message(
        "CSがなければGRR({grr})が{points}以上低かったはずだと言えるなら、費用は見合います。",
        "It pays for itself if GRR ({grr}) would be at least {points} lower without it.",
    ),
    "costs_unknown": Message(
        "そのうちどれだけがCSの働きかは、わかっていません。",
        "What part of it is the doing of Customer Success is not known.",
    ),
    "costs_rest": Message(
        "ほかの部分のどれだけがCSの働きかは、わかっていません。",
        "What part of the rest is the doing of Customer Success is not known.",
    ),
    "costs_worth": Message(
        "{programme}({customers}社、{outcome}で{verdict})の差を粗利にすると{worth}(95%区間 {interval})。",
        "{programme} ({customers} customers; {outcome}: {verdict}): the difference comes to a margin of {worth} (95 % interval {interval}).",
    ),
    "costs_programme": Message("かけた時間の費用は{cost}です。", "The hours spent on it cost {cost}."),
    "costs_untold": Message("費用との比較はできません({reason})。", "It cannot be held against its cost ({reason})."),
    "costs_table": Message("費用と、保った粗利・増えた粗利", "Cost, and the margin kept and added"),
    "costs_text": Message(
        "顧客は12か月前に契約中だったもので、費用にはその後に来た顧客の分も入っています。比率は投資の利回りではありません。",
        "Customers are those under contract twelve months ago; the cost holds what was spent on later ones, too. The ratio is no return.",
    ),
    "costs_by_costs": Message(
        "セグメントの費用は費用の表のとおりです。", "The cost of the segment is as the table of costs tells it."
    ),
    "costs_by_share_of_hours": Message(
        "タッチモデルなど、費用の表で分かれていないものは、人が使った時間で分けています。",
        "What the table of costs does not divide, such as touch models, is divided by the hours that people spent.",
    ),
    "costs_by_hours": Message(
        "費用の表がないので、人が使った時間×時間単価です。",
        "There is no table of costs: hours that people spent, times the hourly cost.",
    ),
    "costs_of": Message("顧客", "Customers"),
    "costs_model_all": Message("すべて", "All"),
    "costs_model_high": Message("ハイタッチ", "High touch"),
    "costs_model_low": Message("ロータッチ", "Low touch"),
    "costs_model_tech": Message("テックタッチ", "Tech touch"),
    "costs_customers": Message("社数", "Number"),
    "costs_cost": Message("費用", "Cost"),
    "costs_kept": Message("保った粗利", "Margin kept"),
    "costs_added": Message("増えた粗利", "Margin added"),
    "costs_ratio": Message("費用の比率", "Cost, of both"),
    "costs_grr": Message("GRR", "GRR"),
    "costs_break_even": Message("見合うGRRの差", "Break-even, of GRR"),
    "costs_below": Message("見合うGRR(CSなし)", "GRR without CS at which it pays"),
    "costs_even_title": Message(
        "どれだけGRRが低くなっていたら見合うか", "How much lower GRR would have to be for it to pay"
    ),
    "costs_even_text": Message(
        "点は今のGRR、帯の左端は、CSがなければGRRがそこまで下がっていた場合に費用がちょうど見合うところです。",
        "The dot is GRR as it is; the left end of the bar is where GRR would have to be without Customer Success for the cost to be just met.",
    ),
    "reason_few_customers": Message("顧客が少なすぎます", "too few customers to be told of"),
}
