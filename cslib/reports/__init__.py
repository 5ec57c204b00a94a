"""The runner: notebooks executed per segment, published as pages, in one step."""

import sys

# With JupyterLab comes `rfc3987_syntax`, which builds a grammar for a second when jsonschema imports it, to judge a kind of
# address that neither notebooks nor charts hold. An entry of None reads as "not installed".
_GRAMMAR = "rfc3987_syntax"
_is_hidden = _GRAMMAR not in sys.modules
if _is_hidden:
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # what Python's own documentation says of such an entry
import nbformat  # noqa: E402, F401 - it imports jsonschema

if _is_hidden:
    del sys.modules[_GRAMMAR]
