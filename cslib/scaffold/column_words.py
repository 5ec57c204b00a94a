"""Columns told by the words of their names, where nobody has written the whole name down. Data alone: add what your systems say.

Of each column of ours stand patterns, the surest first; what they tell is asked about. Names are compared as `similarity.plain`
writes them: small letters, words apart.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cslib.scaffold.similarity import LIKELY, spellings

if TYPE_CHECKING:
    from collections.abc import Iterable

_SUREST = 84.0  # below every name that is known, sure or not

# who is a customer: firms first, then people under a contract, then anybody
_FIRMS = r"(customer|client|account|company|organi[sz]ation|org|tenant|business|merchant|buyer|payer|bill to|sold to|counter ?party)"
_PEOPLE = (
    r"(member|subscriber|student|pupil|learner|patient|policy ?holder|insured|resident|lessee|renter|licensee|license holder|household"
    r"|donor|guest|participant|card ?holder|borrower|family|player)"
)
_ANYBODY = r"(app user|user|contact|person|profile)"
_ID = r"(id|no|num|number|code|key|uuid|guid|ref)$"
_FIRMS_JA = "(顧客|取引先|会社|企業|得意先|契約先|法人|お客様|請求先|加盟店|クライアント|店舗|施設|導入先|納入先|売上先|販売先|団体|事業所)"
_PEOPLE_JA = "(契約者|会員|生徒|受講者|受講生|学生|児童|園児|塾生|門下生|加入者|被保険者|保険契約者|入居者|借主|賃借人|患者|購読者|利用者|メンバー|オーナー|申込者|購入者|保護者)"
_ID_JA = "(管理)?(番号|id|コード|no|cd|ナンバー)$"
_NAME_JA = "(氏名|名称|名|様)?$"
_AGREEMENT = (
    r"(contract|subscription|membership|policy|lease|tenancy|licen[cs]e|agreement|coverage|cover|plan|service|schedule|billing|enrol?lment"
    r"|retainer|rental|warranty|recurring|term)"
)
_LATER = r"^(?!.*\b(trial|current|next|last|latest|prev|previous|paused?|resumed?|updated?|modified|lead|birth|due|refund\w*|grace|intro|request\w*|detected|reason)\b).*"
_MONEY = r"(price|amount|fee|fees|charge|charges|premium|rent|dues|tuition|rate|value|payment|revenue|total|subtotal)"
_NO_PRICE = (
    r"^(?!.*\b(tax|vat|gst|discount|refund\w*|balance|deposit|market|open|setup|one time|lifetime|method|type|currency|percent\w*|pct|id|count|number"
    r"|date|frequency|status|overdue|exchange|conversion|late|commission|list|churn\w*|renewal rate|lost)\b).*"
)
_NO_PRICE_JA = "^(?!.*(消費税|税額|税率|値引|割引|残高|保証金|敷金|礼金|初期|入金額|入会金|日$|区分$|方法$|番号$)).*"

# of each column, the surest words first
_PATTERNS: dict[str, tuple[str, ...]] = {
    "customer_id": (
        rf"\b{_FIRMS}( \w+){{0,2}} {_ID}|{_FIRMS_JA}{_ID_JA}",
        rf"\b{_PEOPLE}( \w+)? {_ID}|{_PEOPLE_JA}{_ID_JA}",
        rf"\b{_ANYBODY} {_ID}",
        rf"^{_FIRMS}s?( full)?( name)?$|{_FIRMS_JA}{_NAME_JA}",
        rf"^{_PEOPLE}s?( full)?( name)?$|{_PEOPLE_JA}{_NAME_JA}",
        rf"^{_ANYBODY}s?( full)?( name| email)?$|^((customer|client|billing|subscriber|member) )?e ?mail( address)?$|^氏名$|^メールアドレス$",
    ),
    "contract_id": (
        rf"\b{_AGREEMENT} {_ID}|(契約|定期|サブスク|証券|申込|ライセンス){_ID_JA}",
        r"\b(order|transaction|deal|line) (id|no|number)$|(注文|受注|受付){_ID_JA}",
    ),
    "product": (
        rf"^{_AGREEMENT}s? (name|type|level|tier)$|^(product|plan|sku|package)( \w+)?$|(プラン|コース|商品|サービス|契約|品目|種目)(名|種別|区分)?$",
        r"\b(line of business|product line|tier|edition|variant( name)?|item( name)?|course|class|bundle|package)$|種別$|品名$",
    ),
    "starts_on": (
        (rf"{_LATER}\b{_AGREEMENT}s?\b.*\b(start|starts|started|begin|begins|began|from|effective|commence\w*|inception|activated)\b"
        r"|(契約|利用|適用|課金|請求|保険|有効期間|期間|サービス)(開始|始期)(日|月|年月|年月日|日時)?$"),
        (rf"{_LATER}\b(start|starts|started|begin|begins|began|from|effective|commence\w*|inception|activat\w+|valid from|in ?force)\b"
        r"|(開始|始期|開通|契約締結|成約)(日|月|年月|年月日|日時)?$|^契約(日|年月日)$"),
        (rf"{_LATER}\b(join|joined|joining|enrol\w*|sign ?up|signed up|subscribed|registered|registration|admission|admitted|move in|since)\b"
        rf"|{_LATER}\b(original|first|initial) (contract|subscription|purchase|order)\b"
        r"|(入会|入塾|入校|入学|入園|入居|入社|加入|申込|受講開始|登録)(日|年月日|年月|日時)$"),
        (rf"{_LATER}\b(created|creation|purchase|purchased|transaction|order|ordered|booked|sold|closed won|issue|issued)\b( (at|on|date|time|day))?$"
        r"|(作成|購入|注文|受注|発行)(日|年月日|日時)$"),
    ),
    "ends_on": (
        (rf"{_LATER}\b{_AGREEMENT}s?\b.*\b(end|ends|ended|expir\w+|to|until|through|thru)\b"
        r"|(契約|利用|適用|課金|請求|保険|有効期間|期間|サービス)(終了|満了|終期)(日|月|年月|年月日|日時)?$"),
        (rf"{_LATER}\b(end|ends|ended|expir\w+|until|thru|through|valid to|maturity|lapse\w*)\b"
        r"|(終了|満了|満期|終期|期限)(日|月|年月|年月日|日時)?$|有効期限$"),
        (rf"{_LATER}\b(cancel\w*|churn\w*|deactivat\w+|closed|cease\w*|terminat\w*|withdr\w+|unsubscribed?|move out|moved out|left|exit)\b( effective)?( (at|on|date|time))?$"
        r"|(解約|退会|退塾|退校|退学|退園|退去|脱退|停止|失効)(日|年月日|年月|日時)$"),
    ),
    "mrr": (
        rf"{_NO_PRICE}\b(monthly|per month|mrr)\b|{_NO_PRICE_JA}月.*(額|料|費|謝|金|賃)",
        rf"{_NO_PRICE}\b({_AGREEMENT}|recurring|unit|net|normali[sz]ed|actual|effective)s?\b.*\b{_MONEY}\b|{_NO_PRICE_JA}.*税(抜|別)",
        (rf"^(?!.*\b(total|order|gross)\b){_NO_PRICE[1:]}\b{_MONEY}\b"
        rf"|{_NO_PRICE_JA}.*(金額|料金|価格|会費|月謝|賃料|家賃|保険料|掛金|授業料|受講料|利用料|使用料|契約額|単価|小計|代金|請求額|売上)"),
        rf"{_NO_PRICE}\b({_MONEY}|paid)\b|{_NO_PRICE_JA}.*(合計|総額|税込)",
    ),
    "seats": (r"\b(seats?|licen[cs]es|quantity|qty|user count|number of (users|seats|licen[cs]es))$|(ライセンス|席|アカウント|契約|利用者|ユーザー?|id)数$",),
    "trial": (r"^(is |in |has )?(free )?trial( period| flag)?$|^(トライアル|無料体験|体験)(中|区分|フラグ)?$",),
}  # fmt: skip
_LEFT = 2  # the place among the ends of days on which somebody left
_CALLED = 3  # the place among the customers of names, behind ids
_CREATED = 3  # the place among the starts of days on which a row was made, whatever it is a row of


@cache
def by_words(table: str, column: str, name: str) -> float:
    """Return how surely a column is one of ours by the words of its name: 0, or from `LIKELY` to just below the names that are known."""
    if table != "contracts" and column != "customer_id":
        return 0.0
    place = _place(column, name)
    return 0.0 if place is None else max(LIKELY, _SUREST - 2 * place)


@cache
def _place(column: str, name: str) -> int | None:
    spelled = {text for one in spellings(name) for text in (one, one.replace(" ", ""))}
    patterns = enumerate(_PATTERNS.get(column, ()))
    return next((place for place, said in patterns if any(re.search(said, one) for one in spelled)), None)


def names_a_thing(name: str) -> bool:
    """Return whether a column names customers by what they are called, and not by an id: then it holds no numbers."""
    return (_place("customer_id", name) or 0) >= _CALLED


def is_early_end(name: str) -> bool:
    """Return whether a day is that on which somebody left, which may come before the end that was agreed."""
    return _place("ends_on", name) == _LEFT


def is_start_of_anything(name: str) -> bool:
    """Return whether a day is that on which a row was made, which other rows than contracts have as well."""
    return _place("starts_on", name) == _CREATED


def naming_customers(names: Iterable[str]) -> list[str]:
    """Return the columns that name customers by their words, the surest first."""
    told = sorted((place, name) for name in names if (place := _place("customer_id", name)) is not None)
    return [name for _rank, name in told]
