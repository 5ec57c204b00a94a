"""Colours that foreign outputs bring along, as rules of the page's own style, which its policy names by a hash.

Only how something looks is taken over. Nothing that could be asked for elsewhere, laid over the page or written into it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import tinycss2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LOOKS = re.compile(
    r"color|background(-color|-image)?|opacity|font(-(family|size|style|variant|weight))?|letter-spacing|line-height|"
    r"text-(align|decoration(-color|-line|-style)?|indent|overflow|transform)|vertical-align|white-space|word-break|"
    r"overflow-wrap|border(-(top|right|bottom|left))?(-(color|style|width))?|border-(collapse|spacing|radius)|"
    r"border-(top|bottom)-(left|right)-radius|(padding|margin)(-(top|right|bottom|left))?|((min|max)-)?(width|height)|"
    r"overflow(-[xy])?|table-layout|caption-side|list-style(-type)?|display|fill|stroke(-width)?"
)
_COLOURED = ("color", "background", "background-color", "background-image")
_FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "linear-gradient", "calc", "min", "max", "clamp"}
PREFIX = "f-"  # of classes that are not the page's own, so that neither meets the other's


class Styles:
    """The rules that the foreign outputs of a page contain, in their order."""

    def __init__(self) -> None:
        self._rules: list[str] = []
        self._classes: dict[str, str] = {}
        self._scopes = 0

    def __str__(self) -> str:
        return "\n".join(self._rules)

    def scope(self) -> str:
        """Return a class that no other output of the page has."""
        self._scopes += 1
        return f"own-{self._scopes}"

    def class_of(self, style: str) -> str:
        """Return the class that replaces an element's own `style`; empty where none of it is taken over."""
        said = "; ".join(f"{one} !important" for one in _declared(style))  # it beats whatever a sheet says
        if said and said not in self._classes:
            self._classes[said] = f"look-{len(self._classes) + 1}"
            self._rules.append(f".{self._classes[said]} {{ {said} }}")
        return self._classes.get(said, "")

    def add(self, sheet: str, scope: str) -> None:
        """Take over a sheet for the elements below `scope`; ids in it are the scope's own, classes bear `PREFIX`."""
        for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
            said = "; ".join(_declared(rule.content)) if rule.type == "qualified-rule" else ""
            chosen = ", ".join(_scoped(rule.prelude, scope)) if said else ""
            if chosen:
                self._rules.append(f"{chosen} {{ {said} }}")


def brings_colours(style: str) -> bool:
    """Return whether a style or a sheet sets a colour, and so wants the paper that it was made for."""
    return any(re.search(rf"(?<![\w-]){name}\s*:", style) for name in _COLOURED)


def own_id(name: str, scope: str) -> str:
    """Return an id as it is called in a page, where another output may bear the same."""
    return f"{scope}-{name}"


def _declared(style: Any) -> Iterator[str]:  # noqa: ANN401 - text, or what tinycss2 has made of it
    for one in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True):
        if one.type == "declaration" and _LOOKS.fullmatch(one.lower_name) and _harmless(one.value):
            said = tinycss2.serialize(one.value).strip()
            if said and "<" not in said:
                yield f"{one.lower_name}: {said}{' !important' if one.important else ''}"


def _harmless(tokens: Iterable[Any]) -> bool:
    return all(_one_harmless(token) for token in tokens)


def _one_harmless(token: Any) -> bool:  # noqa: ANN401
    if token.type == "function":
        return token.lower_name in _FUNCTIONS and _harmless(token.arguments)
    return token.type not in {"url", "error", "at-keyword"} and not token.type.endswith("block")


def _scoped(prelude: list[Any], scope: str) -> Iterator[str]:
    """Yield each selector of a rule below the scope."""
    selector: list[str] = []
    classed = False
    for token in [*prelude, None]:
        sign = token.value if token and token.type == "literal" else ""
        if token is None or sign == ",":
            said = "".join(selector).strip()
            if said and "<" not in said:
                yield f".{scope} {said}"
            selector = []
        elif token.type == "hash":
            selector.append(f"#{own_id(token.value, scope)}")
        elif token.type == "ident" and classed:
            selector.append(f"{PREFIX}{token.serialize()}")
        else:
            selector.append(token.serialize())
        classed = sign == "."
