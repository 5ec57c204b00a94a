"""TeX as MathML, which browsers draw by themselves: no script, no font and no request."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from latex2mathml.converter import convert
from markupsafe import Markup, escape

_LESS, _MORE = "\ue000", "\ue001"  # private letters, that TeX's converter passes on as they are
_LINK = re.compile(r'\s(?:xlink:)?href="[^"]*"')
_SIDES = re.compile(r"^\s*(?:\\displaystyle\b)?\s*(.*?)\s*$", re.DOTALL)
_IN_TWO = ("mfrac", "msub", "msup", "munder", "mover", "mroot")  # what MathML draws of two parts, no more and no fewer


def mathml(tex: str, *, block: bool) -> Markup | None:
    """Return TeX (without its dollars) as MathML, on a line of its own or in one; None where it is not understood.

    The converter leaves commands that it does not know as they are written, leaves out the parts of a formula that is cut
    off, and does not escape text: each would be worse than the TeX itself.
    """
    formula = _SIDES.sub(r"\1", tex).replace("<", _LESS).replace(">", _MORE)
    try:
        made = convert(formula, display="block" if block else "inline")
    except Exception:  # noqa: BLE001 - it raises whatever it stumbles upon
        return None
    made = _LINK.sub("", made)
    for letter, shown in ((_LESS, "&lt;"), (_MORE, "&gt;")):
        made = made.replace(f"<mi>{letter}</mi>", f"<mo>{shown}</mo>").replace(letter, shown)
    return Markup(made) if formula and _whole(made) else None  # noqa: S704 - escaped above


def tex_code(tex: str) -> Markup:
    """Return TeX as it is written, for where it is not understood."""
    return Markup('<code class="tex">{}</code>').format(escape(tex))


def _whole(made: str) -> bool:
    drawn = BeautifulSoup(made, "html.parser")
    parts = [len(one.find_all(recursive=False)) for one in drawn.find_all(_IN_TWO)]
    return all(count == 2 for count in parts) and not any(  # noqa: PLR2004 - the two parts
        one.get_text().startswith("\\") for one in drawn.find_all(["mi", "mo"])
    )
