"""Folders as users make them: the export of a small business in `data/`, and its settings in `params/`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

from cslib.model import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

READ_ON = date(2026, 6, 30)
IDS = tuple(f"{number:05d}" for number in range(1, 13))


def _csv(header: str, *rows: str) -> str:
    return "\n".join([header, *rows]) + "\n"


CUSTOMERS = _csv(
    "customer_id,name,plan,employees", *(f"{i},会社{i},{'free' if i > '00008' else 'pro'},{i}" for i in IDS)
)
CONTRACTS = _csv(
    "contract_id,customer_id,product,starts_on,ends_on,mrr", *(f"K{i},{i},core,2026-01-01,,1000" for i in IDS)
)
SURVEYS = _csv("response_id,customer_id,kind,score,responded_on", *(f"R{i},{i},nps,9,2026-05-10" for i in IDS))
CLEAN = {"customers.csv": CUSTOMERS, "contracts.csv": CONTRACTS, "surveys.csv": SURVEYS}
TOTAL = {"total": {"id": "total", "name": "全社"}}


def export(
    folder: Path,
    files: Mapping[str, str | bytes | None] | None = None,
    source: Mapping[str, Any] | None = None,
    segments: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Path:
    """Return the params of an export written into `folder`: the clean one, with these files instead or (None) without them.

    `source` adds to or replaces tables of source.yaml, `settings` are further files: `policies={...}`.
    """
    held = {name: text for name, text in {**CLEAN, **(files or {})}.items() if text is not None}
    for name, text in held.items():
        write(folder / "data" / name, text)
    tables = {name.partition(".")[0]: {"from": f"../data/{name}"} for name in held if name.partition(".")[0] in BY_NAME}
    said = {"read_on": READ_ON, "tables": {**tables, **(source or {})}}
    write_yaml(folder / "params" / "source.yaml", said)
    for name, segment in (TOTAL if segments is None else segments).items():
        write_yaml(folder / "params" / "segments" / f"{name}.yaml", segment)
    for name, content in settings.items():
        write_yaml(folder / "params" / f"{name}.yaml", content)
    return folder / "params"


def write_yaml(file: Path, content: Any) -> Path:
    """Write a settings file: a text as it is, all else as YAML."""
    return write(file, content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True))


def write(file: Path, text: str | bytes) -> Path:
    """Write a file and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file
