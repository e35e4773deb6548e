"""Lint the prose of the documentation: rules of proselint, and the words of ``docs/words.toml``.

``python docs/_ext/prose.py`` looks through all pages, prints a line for each remark, and ends with 1 where there is any.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from proselint.checks import __register__ as their_checks
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.registry.checks import Check
from proselint.registry.checks.types import PreferredForms
from proselint.tools import LintFile

__all__ = ["lint", "pages", "prose_of"]

DOCS = Path(__file__).resolve().parent.parent
# Records of decisions are left as they were written on their day.
LEFT_OUT = ("_build", "_ext", "adr")
# What isn't prose, or is the code's: fenced blocks, options of directives, comments, targets of links, code, roles, labels.
_NO_PROSE = re.compile(
    r"^(`{3,}|~{3,})[^\n]*\n.*?^\1[ ]*$|<!--.*?-->|^:[\w-]+:[^\n]*$|^:::[^\n]*$|^\([\w-]+\)=$|\{[\w:-]+\}(`+)[^`]+?\2"
    r"|(`+)[^`]+?\3|\]\([^)\n]*\)|<https?:[^>\n]*>",
    re.DOTALL | re.MULTILINE,
)


def pages(docs: Path = DOCS) -> list[Path]:
    """List the pages that are checked, the README first."""
    return [docs.parent / "README.md", *(p for p in sorted(docs.rglob("*.md")) if not set(LEFT_OUT) & set(p.parts))]


def prose_of(text: str) -> str:
    """Blank out what isn't prose, so that lines and columns stay; and keep paragraphs apart, for proselint reads across them."""
    blank = _NO_PROSE.sub(lambda match: re.sub(r"[^\n]", "·", match[0]), text)
    return re.sub(r"^$", "·", blank, flags=re.MULTILINE)


@cache
def _config() -> Any:
    """Register all checks, once in a process, and choose."""
    rules = tomllib.loads((DOCS / "words.toml").read_text(encoding="utf-8"))
    words = Check(check_type=PreferredForms(rules["instead"]), path="words", message="Write “{}” instead of “{}”.")
    CheckRegistry().register_many((*their_checks, words))
    return {"max_errors": 1000, "checks": {**rules["proselint"], **DEFAULT["checks"], "words": True}}


def lint(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield line, column (both from 1), rule and message of each remark on a page."""
    config = _config()
    for remark in LintFile("page", prose_of(text)).lint(config):
        result = remark.check_result
        yield remark.pos[0], remark.pos[1], result.check_path, result.message


def main() -> int:
    """Print all remarks."""
    count = 0
    for page in pages():
        for line, column, rule, message in lint(page.read_text(encoding="utf-8")):
            count += 1
            sys.stdout.write(f"{page.relative_to(DOCS.parent)}:{line}:{column}: {rule}: {message}\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
