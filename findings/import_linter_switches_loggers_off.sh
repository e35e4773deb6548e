#!/usr/bin/env bash
# import-linter 2.17: checking contracts from a test, by ``importlinter.cli.lint_imports()``, switches off every logger that exists.
#
# The function is what its documentation calls "the main function that runs the linter", and returns a status, so that it looks
# fit for a test of the architecture. On the way it configures logging for the whole process by ``dictConfig`` without
# ``disable_existing_loggers: False``. Loggers that modules made before are disabled from then on: a later test that looks at
# log records finds none, and only where both run in one process, in that order. One would guess that only the linter's own
# loggers are touched. (In a process of its own it does no harm.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check import-linter==2.17
mkdir -p "$folder/project/shop"
touch "$folder/project/shop/__init__.py" "$folder/project/shop/high.py" "$folder/project/shop/low.py"
cat >"$folder/project/.importlinter" <<'INI'
[importlinter]
root_package = shop

[importlinter:contract:layers]
name = high above low
type = layers
layers =
    shop.high
    shop.low
INI
cd "$folder/project"
"$folder/venv/bin/python" - <<'PYTHON'
import logging

from importlinter.cli import lint_imports

mine = logging.getLogger("shop.orders")
before = mine.disabled
status = lint_imports(no_cache=True)
print("status", status, "- disabled before:", before, "- disabled after:", mine.disabled)
assert (status, before, mine.disabled) == (0, False, True)
print("as described")
PYTHON
