"""Search in the site: `python -m tests.offline_search site` makes it work on pages that are opened as files, and with Japanese words.

A file may neither read `search.json` nor start a worker. The theme then asks for `search.js`, which its builder writes only together with
a script from the network. And it looks through texts by the words of the theme's language alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

# `source` is what the worker runs; that of the theme is named by an address, which a file may not start
_SCRIPT = """\
var __index = {index};
(source => {{
  const Plain = window.Worker;
  window.Worker = function () {{ return new Plain(URL.createObjectURL(new Blob([source], {{type: "text/javascript"}}))); }};
}})({source});
"""


def write_search(site: Path) -> None:
    """Write the index anew, and `search.js` beside it: the index again, and the worker that looks through it."""
    (worker,) = (site / "assets" / "javascripts" / "workers").glob("search.*.js")
    index = json.loads((site / "search.json").read_text("utf-8"))
    index["config"]["lang"] = ["en", "ja"]
    said, source = (json.dumps(one, ensure_ascii=False) for one in (index, worker.read_text("utf-8")))
    (site / "search.json").write_text(said, "utf-8")
    (site / "search.js").write_text(_SCRIPT.format(index=said, source=source), "utf-8")


if __name__ == "__main__":
    write_search(Path(sys.argv[1]))
