"""report.yaml: what is published, and how."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cslib.settings.fields import LocalisedText, Name, Strict

Language = Literal["ja", "en"]


class Report(Strict):
    """What is published, and how."""

    title: Name = LocalisedText(ja="カスタマーサクセス月次レポート", en="Customer success monthly report")
    language: Language = "ja"
    audience: Literal["internal", "external"] = "internal"
    notebooks: list[str] = Field(
        default=["00_summary", "01_setup", "02_usage", "03_satisfaction", "04_outcome", "05_financial"], min_length=1
    )
    months: int = Field(default=24, ge=1, le=240)
    keep_runs: int = Field(default=12, ge=1, le=100_000)
    cell_seconds: int = Field(default=600, ge=1, le=1_000_000)  # how long a cell may run, and a whole report
    report_seconds: int = Field(default=1800, ge=1, le=1_000_000)
