#!/usr/bin/env bash
# py-moneyed 3.0 with Babel 2.19.0: a Money is printed with other decimals than the library itself says that its currency has.
#
# ``Currency.sub_unit`` follows ISO 4217 (100 for the forint, 1000 for the Iraqi dinar). ``format_money`` asks Babel, whose table
# (CLDR's currency fractions) is of everyday cash: 0 for both. So 598.50 forint are printed as 598, rounded half to even, although
# a payment provider that follows ISO 4217 charges 598.50. One would guess that a library prints what it counts with, and that an
# amount is printed whole. Of the currencies in use that differ, each is printed with fewer decimals; none with more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check py-moneyed==3.0 babel==2.19.0
"$folder/venv/bin/python" - <<'PYTHON'
from babel.numbers import get_currency_precision
from moneyed import Money, get_currency
from moneyed.l10n import format_money

IN_USE = ["AFN", "ALL", "COP", "HUF", "IDR", "IQD", "IRR", "LAK", "LBP", "MGA", "MMK", "SOS", "SYP", "YER"]

shown = format_money(Money("598.50", "HUF"), locale="en_US").replace("\xa0", "")
counted = {code: len(str(get_currency(code).sub_unit)) - 1 for code in IN_USE}
printed = {code: get_currency_precision(code) for code in IN_USE}
print("598.50 HUF is printed as", shown)
for code in IN_USE:
    print(f"{code}: {counted[code]} decimals counted, {printed[code]} printed")
assert shown == "HUF598", shown
assert all(printed[code] == 0 < counted[code] for code in IN_USE), (counted, printed)
print("as described")
PYTHON
