"""The statements of each operation as they were recorded: a run fails where one sends more than that.

Budgets are what the design allows; an operation may well take less, and lose it again unseen. So the numbers of each database
stand in ``statements.json``, which ``--record`` writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["FILE", "grown", "record"]

FILE = Path(__file__).with_name("statements.json")
Numbers = dict[str, dict[str, int]]


def record(reports: Iterable[Mapping[str, Any]], file: Path = FILE) -> None:
    """Write down what was measured, in place of what stood there of the same databases."""
    numbers = _recorded(file)
    for report in reports:
        numbers[report["database"]] = {_name(entry): entry["queries"] for entry in report["measurements"]}
    file.write_text(json.dumps(numbers, indent=1, sort_keys=True) + "\n")


def grown(report: Mapping[str, Any], file: Path = FILE) -> list[str]:
    """The operations that send more statements than recorded, and those of which nothing is.

    A database of which nothing is recorded is passed over.
    """
    before = _recorded(file).get(report["database"])
    if before is None:
        return []
    wrong = []
    for entry in report["measurements"]:
        name, queries = _name(entry), entry["queries"]
        if name not in before:
            wrong.append(f"{name}: it isn't in {file.name}; write it down with --record")
        elif queries > before[name]:
            wrong.append(f"{name}: {queries} statements, {before[name]} in {file.name}; if it has to be, --record")
    return wrong


def _recorded(file: Path) -> Numbers:
    return json.loads(file.read_text()) if file.exists() else {}


def _name(entry: Mapping[str, Any]) -> str:
    return f"{entry['operation']} through {entry['through']} with {entry['rows']}"
