"""Words of what customers say in their comments."""

from __future__ import annotations

from cslib.i18n.messages.text import Message

WORDS: dict[str, Message] = {
    "words_detractors": Message("批判者のコメントに多い言葉", "Words that detractors use more than promoters"),
    "words_recent": Message(
        "この半年のコメントに増えた言葉", "Words used more in these six months than in the six before"
    ),
    "words_text": Message(
        "{here}社のコメントを{there}社のコメントと比べ、{tried}語を試しました。明らかに多いのは{found}語です。",
        "Comments of {here} customers are held against those of {there}; of {tried} words {found} are clearly said more.",
    ),
    "words_counted": Message(
        "1社は1語につき1回だけ数えます。", "A customer counts once for a word, however often it is said."
    ),
    "words_here_detractors": Message("批判者", "Detractors"),
    "words_there_detractors": Message("推奨者", "Promoters"),
    "words_here_recent": Message("この半年", "These six months"),
    "words_there_recent": Message("前の半年", "The six before"),
    "words_used": Message("{of}社中{used}社（{share}）", "{used} of {of} ({share})"),
    "word": Message("言葉", "Word"),
    "words_comment": Message("コメントの例", "A comment"),
    "words_further": Message("別の例", "Another"),
    "reason_tokenizer": Message(
        "日本語を語に分ける追加パッケージ words が入っていません",
        "the extra 'words', which splits Japanese into words, is not installed",
    ),
    "reason_silent": Message("比べる片側にコメントがありません", "one of the sides holds no comment"),
}
