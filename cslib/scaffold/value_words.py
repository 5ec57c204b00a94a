"""What others call our words, and what stands for a word, for nothing and for a currency. Data alone."""

from __future__ import annotations

from types import MappingProxyType

CONSTANTS = MappingProxyType(
    {  # what replaces a required column that an export of such things often does without
        ("contracts", "product"): "core",
        ("usage", "feature"): "product",
        ("milestones", "milestone"): "onboarding",
        ("surveys", "kind"): "nps",
        ("voices", "channel"): "review",
        ("goals", "level"): "department",
        ("costs", "kind"): "cs",
    }
)

WORDS = MappingProxyType(
    {  # canonical word: what else says it
        "high": "high h major 高 高い ハイ ハイタッチ high_touch hightouch p2 重大",
        "normal": "normal medium moderate middle p3 中 普通 通常 標準",
        "low": "low lowest l minor 低 低い ロー ロータッチ low_touch lowtouch p4 軽微",
        "urgent": "urgent highest critical blocker p1 緊急 最高 至急",
        "tech": "tech テック テックタッチ tech_touch techtouch digital デジタル",
        "nps": "nps ネットプロモータースコア 推奨度",
        "csat": "csat 満足度 顧客満足度",
        "ces": "ces 努力指標 顧客努力指標",
        "named": "named yes ok 可 実名可 社名可",
        "anonymous": "anonymous 匿名 匿名可 匿名のみ",
        "refused": "refused no 不可 拒否 辞退",
        "not_asked": "not_asked unknown 未確認 未打診 未依頼",
        "touch_model": "touch_model touch タッチモデル 対応モデル",
        "team": "team チーム 担当チーム",
        "event": "event speaking 登壇 イベント",
        "agreed": "agreed accepted 承諾 快諾 了承",
        "later": "later not_now 保留 後日 時期尚早",
        "review": "review レビュー 口コミ",
        "sns": "sns social twitter x ソーシャル",
        "referral": "referral 紹介",
        "case_study": "case_study case 事例 導入事例",
        "department": "department team company 部門 部署 組織",
        "individual": "individual person 個人",
        "upsell": "upsell アップセル 増額",
        "cross_sell": "cross_sell crosssell クロスセル 追加",
        "renewal": "renewal renew 更新 契約更新",
        "longer_term": "longer_term multi_year 長期契約 長期化 複数年",
        "open": "open in_progress pending 進行中 提案中 商談中 未決",
        "won": "won closed_won win 受注 成約 成立",
        "lost": "lost closed_lost lose 失注 不成立",
        "csm": "csm cs カスタマーサクセス 担当csm",
        "sales": "sales 営業",
        "meeting": "meeting visit onsite 打合せ 打ち合わせ 会議 訪問 ミーティング 面談",
        "seminar": "seminar webinar セミナー ウェビナー 勉強会",
        "email": "email mail e_mail メール",
        "call": "call phone 電話 架電",
        "chatbot": "chatbot chat bot チャット チャットボット",
        "faq": "faq help ヘルプ よくある質問",
        "us": "us ours outbound 当社 自社",
        "customer": "customer client inbound 顧客 お客様 先方",
        "defence": "defence defense retention 守り 維持",
        "offence": "offence offense growth 攻め 拡大",
        "acquisition": "acquisition marketing 獲得 新規獲得 顧客獲得",
        "cs": "cs customer_success カスタマーサクセス",
        "support": "support サポート",
        "true": "はい 有 あり 有り 済 ○ 〇 ◯ 可 必須 ✓",
        "false": "いいえ 無 なし 無し 未 × ✕ 否 任意",
    }
)

# yes and no, however they are written
FLAGS = frozenset(
    ["true", "false", "t", "f", "yes", "no", "y", "n", "on", "off", *WORDS["true"].split(), *WORDS["false"].split()]
)
NOTHING = frozenset(
    {"-", "--", "―", "ー", "n/a", "na", "#n/a", "null", "none", "nil", "(blank)", "未設定", "不明", "なし", "該当なし"}
)
NO_DAY = NOTHING | {"0", "0000-00-00", "0000-00-00 00:00:00", "00/00/0000"}  # where a system has no blank for a day
CURRENCIES = MappingProxyType({"usd": "USD", "eur": "EUR", "gbp": "GBP", "jpy": "JPY", "yen": "JPY", "円": "JPY"})
