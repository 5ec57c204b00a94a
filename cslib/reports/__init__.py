"""The runner: notebooks executed per segment, published as pages, in one step."""

import cslib.jsonschema_without_grammar  # noqa: F401 - before nbformat and all else that imports jsonschema
