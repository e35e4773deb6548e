"""Sum up the steps of ``.ci/run``: the tests of those that wrote JUnit reports, and one check for each other.

python -m tests.total FOLDER     # FOLDER/<step>/code, and FOLDER/<step>/*.xml
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.lanes import count


def step(folder: Path) -> tuple[int, int]:
    """Passed and failed of one step; a step that ended badly has at least one failure, whatever its reports say."""
    code = int((folder / "code").read_text())
    reports = [count(report) for report in folder.glob("*.xml")]
    passed = sum(p for p, _ in reports) if reports else int(code == 0)
    failed = sum(f for _, f in reports)
    return passed, max(failed, int(code != 0))


def main(results: Path) -> int:
    """Print the table and, as the last line, the sum."""
    steps = {folder.name: step(folder) for folder in sorted(results.iterdir(), key=lambda f: f.stat().st_mtime)}
    print(f"\n{'step':<12} {'passed':>7} {'failed':>7}")
    for name, (passed, failed) in steps.items():
        print(f"{name:<12} {passed:>7} {failed:>7}")
    failures = sum(failed for _, failed in steps.values())
    print(f"\n{sum(passed for passed, _ in steps.values())} passed, {failures} failed")
    return int(failures > 0 or not steps)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
