"""Every kind of output that an analyst may put into a notebook: the cell that makes it, and what a reader must then see.

`seen` is JavaScript: a function of the element that holds what the cell shows, true where a reader sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

import nbformat

if TYPE_CHECKING:
    from nbformat import NotebookNode

PICTURE = "box => { const one = box.querySelector('img'); return one && one.naturalWidth >= 30 && one.alt.length > 3; }"
SHARP = "box => { const one = box.querySelector('img'); return one && one.src.startsWith('data:image/svg+xml') && one.naturalWidth >= 30; }"
TWO_BARS = "box => box.querySelectorAll('svg .mark-rect path').length === 2"
SENTENCE = "box => box.querySelector('.missed').textContent.includes('ノートブック')"
STILL = SHARP if find_spec("kaleido") else SENTENCE  # kaleido needs a Chrome, which it finds by itself
DRAWN = "box => { const one = box.querySelector('math'); return one && one.getBoundingClientRect().height > 8 && !box.textContent.includes('$'); }"
CELL = "getComputedStyle(box.querySelector('tbody tr:last-child td:last-child'))"
FRAME = "import pandas as pd\nframe = pd.DataFrame({'plan': ['a', 'b'], 'n': [1, 2]})\n"
DOTS = "import base64, io\nfrom PIL import Image as Pillow\n"
CHART = (
    FRAME + "import altair as alt\nalt.renderers.enable({renderer!r})\n"
    "alt.Chart(frame, title='Plans').mark_bar().encode(x='plan', y='n')"
)
FIGURE = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.bar(['a', 'b'], [1, 2])\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><script>window.ran = 1</script><rect width="80" height="40" fill="teal"/></svg>'


@dataclass(frozen=True)
class Kind:
    """A kind of output: its name, the code of its cell, what a reader must see, and the packages that it wants."""

    name: str
    code: str
    seen: str
    wants: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """The packages that are not here."""
        return [name for name in self.wants if not find_spec(name)]


def _altair(renderer: str, seen: str = TWO_BARS) -> Kind:
    return Kind(f"altair {renderer}", CHART.replace("{renderer!r}", repr(renderer)), seen)


KINDS = (
    Kind("matplotlib", f"%matplotlib inline\n{FIGURE}plt.show()", PICTURE, ("matplotlib",)),
    Kind(
        "matplotlib described",
        f"#| fig-alt: two bars\n{FIGURE}plt.show()",
        "box => box.querySelector('img').alt === 'two bars'",
        ("matplotlib",),
    ),
    Kind(
        "matplotlib svg",
        f"%config InlineBackend.figure_formats = ['svg']\n{FIGURE}plt.show()",
        SHARP,
        ("matplotlib",),
    ),
    Kind(
        "matplotlib again",
        f"%config InlineBackend.figure_formats = ['png']\n{FIGURE}plt.show()",
        PICTURE,
        ("matplotlib",),
    ),
    Kind(
        "gui",
        "%matplotlib inline\n%gui\nprint('no gui')",
        "box => box.textContent.trim().endsWith('no gui')",
        ("matplotlib",),
    ),
    Kind("svg", f"from IPython.display import SVG\nSVG({SVG!r})", SHARP),
    Kind("pillow", f"{DOTS}Pillow.new('RGB', (40, 30), 'navy')", PICTURE, ("PIL",)),
    Kind(
        "bytes",
        f"{DOTS}held = io.BytesIO()\nPillow.new('RGB', (40, 30), 'navy').save(held, 'png')\n"
        "display({'image/png': held.getvalue()}, raw=True)",
        PICTURE,
        ("PIL",),
    ),
    Kind(
        "described",
        f"{DOTS}from IPython.display import Image\nheld = io.BytesIO()\nPillow.new('RGB', (40, 30), 'navy').save(held, 'gif')\n"
        "Image(held.getvalue(), format='gif', alt='a navy box')",
        "box => box.querySelector('img').alt === 'a navy box' && box.querySelector('img').naturalWidth === 40",
        ("PIL",),
    ),
    *(_altair(name) for name in ("default", "html", "mimetype", "jupyterlab", "colab", "json", "olli")),
    _altair("png", PICTURE),
    _altair("svg", SHARP),
    Kind(
        "altair by hand",
        FRAME + "import altair as alt\nfrom IPython.display import HTML\n"
        "HTML(alt.Chart(frame).mark_bar().encode(x='plan', y='n').to_html())",
        TWO_BARS,
    ),
    Kind(
        "altair facets",
        FRAME + "import altair as alt\nalt.renderers.enable('default')\n"
        "alt.Chart(frame).mark_bar().encode(x='plan', y='n', column='plan')",
        TWO_BARS,
    ),
    Kind(
        "altair address",
        "import altair as alt\nalt.renderers.enable('default')\nalt.Chart('https://example.org/x.json').mark_bar().encode(x='a:N')",
        SENTENCE,
    ),
    Kind(
        "plotly",
        "import plotly.express as px\npx.bar(x=['a', 'b'], y=[1, 2]).show('plotly_mimetype')",
        STILL,
        ("plotly", "nbformat"),
    ),
    Kind(
        "plotly html",
        "import plotly.express as px\npx.bar(x=['a', 'b'], y=[1, 2]).show('notebook')",
        STILL,
        ("plotly",),
    ),
    Kind("frame", FRAME + "frame", "box => box.querySelectorAll('tbody td').length === 4"),
    Kind(
        "styler",
        FRAME + "frame.style.background_gradient(subset='n').map(lambda _: 'color: rgb(1, 2, 3)', subset='plan')",
        f"box => {CELL}.backgroundColor === 'rgb(2, 56, 88)' && "
        "getComputedStyle(box.querySelector('tbody td')).color === 'rgb(1, 2, 3)'",
        ("matplotlib",),  # whose colours a gradient takes
    ),
    Kind(
        "great_tables",
        FRAME
        + "from great_tables import GT\nGT(frame).tab_header('Plans').data_color(columns=['n'], palette=['white', 'red'])",
        f"box => {CELL}.backgroundColor === 'rgb(255, 0, 0)' && box.textContent.includes('Plans')",
        ("great_tables",),
    ),
    Kind(
        "html",
        'from IPython.display import HTML\nHTML(\'<p style="color:red;position:fixed" onclick="window.ran = 1">words'
        "<script>window.ran = 1</script></p>')",
        "box => getComputedStyle(box.querySelector('p')).color === 'rgb(255, 0, 0)' && window.ran === undefined &&"
        " getComputedStyle(box.querySelector('p')).position === 'static' && box.querySelector('.missed')",
    ),
    Kind(
        "script",
        "from IPython.display import HTML\nHTML('<div id=x></div><script>x.textContent = 1</script>')",
        SENTENCE,
    ),
    Kind("frame of its own", "from IPython.display import IFrame\nIFrame('https://example.org', 100, 100)", SENTENCE),
    Kind("javascript", "from IPython.display import Javascript\nJavascript('window.ran = 1')", SENTENCE),
    Kind(
        "sound",
        "from IPython.display import Audio\nAudio(data=b'RIFF', rate=1, autoplay=False) if False else Audio(url='x.wav')",
        SENTENCE,
    ),
    Kind("unknown", "display({'application/vnd.of.nobody+json': {'a': 1}}, raw=True)", SENTENCE),
    Kind(
        "unknown and text",
        "display({'application/vnd.of.nobody': 'a', 'text/plain': 'said'}, raw=True)",
        "box => box.textContent.includes('said')",
    ),
    Kind("json", "from IPython.display import JSON\nJSON({'a': [1, '<b>']})", "box => box.textContent.includes('<b>')"),
    Kind("math", r"from IPython.display import Math" + "\n" + r"Math(r'\frac{\text{MRR}_{now}}{2 < 3}')", DRAWN),
    Kind(
        "latex",
        r"from IPython.display import Latex" + "\n" + r"Latex(r'\begin{align} a &= b \\ c &= d \end{align}')",
        DRAWN,
    ),
    Kind("markdown", "from IPython.display import Markdown\nMarkdown('**strong** $x_1 + x_2$ <b>')", DRAWN),
    Kind(
        "no latex",
        r"from IPython.display import Math" + "\n" + r"Math(r'\nosuchcommand{x}')",
        "box => box.textContent.includes('nosuchcommand')",
    ),
    Kind(
        "slider",
        "import ipywidgets\nipywidgets.IntSlider(value=42, description='Seats')",
        "box => /Seats\\s+42/.test(box.textContent)",
        ("ipywidgets",),
    ),
    Kind(
        "progress",
        "from tqdm.notebook import tqdm\nfor _ in tqdm(range(3), desc='Steps'):\n    pass",
        "box => box.querySelector('progress').value === 3 && box.textContent.includes('3/3') && !box.textContent.includes('0/3')",
        ("ipywidgets",),
    ),
    Kind(
        "within a widget",
        FRAME
        + "import ipywidgets\nheld = ipywidgets.Output()\nwith held:\n    print('inside')\n    display(frame)\nheld",
        "box => box.textContent.includes('inside') && box.querySelectorAll('tbody td').length === 4",
        ("ipywidgets",),
    ),
    Kind(
        "written over",
        "import sys\nfor step in (1, 20, 100):\n    sys.stdout.write(f'\\r{step:3d}% done')\nprint()",
        "box => box.textContent.trim() === '100% done'",
    ),
    Kind(
        "colours of terminals",
        "print('\\x1b[31mred\\x1b[0m \\x1b[38;5;208morange\\x1b[0m \\x1b[2Kplain \\x1b]8;;https://example.org\\x07link\\x1b]8;;\\x07')",
        "box => box.textContent.trim() === 'red orange plain link' &&"
        " getComputedStyle(box.querySelectorAll('pre span')[1]).color === 'rgb(255, 135, 0)'",
    ),
    Kind(
        "shown later",
        "later = display('first', display_id=True)\nlater.update('second')",
        "box => box.textContent.includes('second') && !box.textContent.includes('first')",
    ),
    Kind(
        "much text",
        "print('x' * 5_000_000)",
        "box => box.querySelector('.missed a[href^=\"data/\"]') && box.textContent.length < 1000",
    ),
    Kind(
        "much html",
        "import pandas as pd\nfrom IPython.display import HTML\nHTML(pd.DataFrame({'a': range(60_000)}).to_html())",
        "box => box.querySelector('.missed a[href^=\"data/\"]') && !box.querySelector('table')",
    ),
    Kind(
        "warning",
        "import warnings\nwarnings.warn('careful')\nprint('after')",
        "box => box.textContent.trim() === 'after'",
    ),
)


def cells(kinds: list[Kind]) -> list[NotebookNode]:
    """Return a heading and a cell per kind."""
    return [
        cell
        for kind in kinds
        for cell in (nbformat.v4.new_markdown_cell(f"## {kind.name}"), nbformat.v4.new_code_cell(kind.code))
    ]
