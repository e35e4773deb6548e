"""The words of the documentation are looked after by a linter, which sees prose and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.docs
sys.path.append(str(Path(__file__).resolve().parents[2] / "docs" / "_ext"))

PAGE = """# A page

The reader is told of it. `is told` in code is fine, and so is {doc}`is told </x>`.

```python
# nobody is told here
```
"""


def test_a_page_with_dialect_is_remarked_by_line_and_word() -> None:
    """A control: one remark for each rule that the sentence breaks, none for code, roles and fences."""
    import prose

    assert [(line, rule) for line, _column, rule, _message in prose.lint(PAGE)] == [(3, "words")]


def test_every_page_is_clean() -> None:
    """As `make docs` demands, for those who run the tests alone."""
    import prose

    remarks = {page.name: list(prose.lint(page.read_text(encoding="utf-8"))) for page in prose.pages()}

    assert len(remarks) > 50
    assert {name: lines for name, lines in remarks.items() if lines} == {}
