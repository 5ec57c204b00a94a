"""What customers say, as a table: the words that one side uses more, with comments behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.analysis.words import MORE_OFTEN
from cslib.kpis.kpi import Unit
from cslib.tables.lists import customer_list
from cslib.tables.output import Table, csv_text

if TYPE_CHECKING:
    import pandas as pd

    from cslib.i18n import Wording
    from cslib.tables.output import Output

_SHOWN = 15


def word_table(frame: pd.DataFrame, wording: Wording, comparison: str) -> Output:
    """Return the words of a comparison, as `cslib analyse words` gives them, that are clearly said more; the CSV holds all.

    Words that are said by as many and in the same comment share a row.
    """
    name, title = f"words-{comparison}", wording.text(f"words_{comparison}")
    tried = frame[frame.word != ""]
    if not len(tried):
        reason = wording.reason(frame.reason.iloc[0])
        return Table(name, title, wording.text("nothing_because", reason=reason))
    clear = tried[tried.verdict == MORE_OFTEN]
    sizes = {"here": int(tried.of_here.iloc[0]), "there": int(tried.of_there.iloc[0])}
    said = wording.text("words_text", **sizes, tried=len(tried), found=len(clear))
    text = wording.sentences(said, wording.text("words_counted"))
    if not len(clear):
        return Table(name, title, text, csv=csv_text(frame))
    alike = ["here", "there", "comment_1"]
    joined = clear.groupby(alike, sort=False).word.transform(lambda words: wording.join([*words]))
    shown = clear.assign(word=joined).drop_duplicates([*alike, "word"])
    for side, of in sizes.items():
        shown[side] = [_used(used, of, wording) for used in shown[side]]
    columns: dict[str, str | tuple[str, Unit | str]] = {"word": wording.text("word")}
    columns |= {side: (wording.text(f"words_{side}_{comparison}"), "figure") for side in sizes}
    columns["comment_1"] = wording.text("words_comment")
    if shown.comment_2.any():
        columns["comment_2"] = wording.text("words_further")
    listed = customer_list(shown, wording, title, columns, _SHOWN, name=name, text=text)
    return Table(name, title, listed.text, html=listed.html, csv=csv_text(frame))


def _used(used: int, of: int, wording: Wording) -> str:
    return wording.text("words_used", used=int(used), of=of, share=wording.value(Unit.SHARE, used / of))
