"""A small observatory in a folder, and a way to run commands in it as a person would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

SOURCES = """
site: {title: Test observatory, url: https://example.org/}
sources:
  - {id: library, kind: library, path: curation/library/*.yaml}
"""
LIBRARY = """
- id: enqa-2023-quality
  kind: report
  title: Quality assurance of micro-credentials
  creators: [Anna Gover]
  publisher: ENQA
  date: 2023-12
  url: https://www.enqa.eu/publications/quality-assurance-of-micro-credentials/
  countries: [EHEA]
  level: EHEA
  language: en
  topics: [quality-assurance]
  summary: How agencies look at short learning.
- id: ie-2022-framework
  kind: policy
  title: A national micro-credential framework
  publisher: QQI
  date: 2022-06-16
  url: https://www.qqi.ie/framework
  countries: [IE]
  level: national
  jurisdiction: IE
  official: true
  instrument: framework
  policy_stage: implementation
  language: en
  topics: [qualifications-frameworks]
"""

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "curation/library").mkdir(parents=True)
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "curation/library/reports.yaml").write_text(LIBRARY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def observatory(folder: Path) -> Run:
    """Run `observatory ARGUMENTS` in the folder; what it raises on purpose is printed, what it does not mean to is raised."""
    from observatory.cli.main import cli

    def run(*arguments: str, given: str = "", now: str = "2026-11-23T06:00:00Z") -> Result:
        root = ["--config", str(folder / "sources.yaml"), "--now", now]
        return CliRunner().invoke(cli, [*root, *arguments], input=given, catch_exceptions=False)

    return run


@pytest.fixture
def said(observatory: Run) -> Callable[..., Any]:
    """Run a command that must succeed, and read the JSON that it prints."""

    def read(*arguments: str, given: str = "") -> Any:
        result = observatory(*arguments, given=given)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return read
