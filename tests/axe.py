"""What axe finds wrong with a page, WCAG 2.2 included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Marks three elements of each look that have words of their own: what makes a contrast is the colour, the size and the weight of
# the letters, and all that lies behind them from the root on. Axe cannot judge every place, and passes over what is disabled.
_THREE_OF_EACH_LOOK = """without => {
  const STYLE = ["color", "fill", "backgroundColor", "backgroundImage", "fontSize", "fontWeight", "opacity", "position", "filter",
                 "textShadow", "mixBlendMode"];
  const looks = new Map(), marked = new Map();
  const look = one => {
    if (one && !looks.has(one)) {
      const style = getComputedStyle(one), off = one.matches(":disabled, [aria-disabled=true]");
      looks.set(one, [look(one.parentElement), off, ...STYLE.map(name => style[name])].join());
    }
    return looks.get(one);
  };
  for (const one of document.body.querySelectorAll("*")) {
    delete one.dataset.look;
    const words = [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && /[\\p{L}\\p{N}]{2}/u.test(node.data));
    if (!words || !one.checkVisibility() || (without && one.closest(without))) continue;
    marked.set(look(one), (marked.get(look(one)) || 0) + 1);
    if (marked.get(look(one)) <= 3) one.dataset.look = "";
  }
  return marked.size;
}"""
# target-size is WCAG 2.2's own rule; preloading would ask for files again, which the page's policy forbids
_WANTED: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}, "preload": False, "resultTypes": ["violations"]}


def violations(page: Page, without: str = "", *, contrast: bool = True) -> list[tuple[str, Any]]:
    """Return the rules that a page breaks and up to three places of each; `without` leaves out what a selector finds."""
    rules = _WANTED["rules"] if contrast else {**_WANTED["rules"], "color-contrast": {"enabled": False}}
    return _broken(page, _all_but(without), {**_WANTED, "rules": rules})


def faint(page: Page, without: str = "", *, each: bool = False) -> list[tuple[str, Any]]:
    """Return the same of contrast alone: of `each` element, or of three of each look, of which all others have the same."""
    if not page.evaluate(_THREE_OF_EACH_LOOK, without):
        return []
    among = _all_but(without) if each else {"include": [["[data-look]"]]}
    return _broken(page, among, {**_WANTED, "rules": {}, "runOnly": ["color-contrast"]})


def _all_but(without: str) -> dict[str, Any] | None:
    return {"include": [["html"]], "exclude": [[without]]} if without else None


def _broken(page: Page, among: dict[str, Any] | None, options: dict[str, Any]) -> list[tuple[str, Any]]:
    found = Axe().run(page, among, options).response["violations"]
    return [(one["id"], node["target"]) for one in found for node in one["nodes"][:3]]
