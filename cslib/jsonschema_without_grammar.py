"""Imports jsonschema without a grammar that takes it longer to build than all else; import this before what imports jsonschema.

With JupyterLab comes `rfc3987_syntax`, which builds a grammar for more than a second when jsonschema imports it, to judge a
kind of address that neither notebooks nor charts hold. Where it is not installed, jsonschema does without, as it does here.
"""

import sys
from importlib import import_module

_GRAMMAR = "rfc3987_syntax"
_is_hidden = _GRAMMAR not in sys.modules
if _is_hidden:
    # what Python's own documentation says of such an entry: it reads as "not installed"
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]
import_module("jsonschema")

if _is_hidden:
    del sys.modules[_GRAMMAR]
