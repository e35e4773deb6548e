#!/usr/bin/env bash
# django-money 3.6.2 with Django 5.2.19: writing only ``price`` stores the new amount beside the old currency.
#
# A ``MoneyField`` is two columns. ``save()`` and ``QuerySet.update()`` write both; ``save(update_fields=["price"])``,
# ``bulk_update(["price"])``, ``update_or_create(defaults={"price": …})`` and ``bulk_create(update_conflicts=True)`` write the
# amount only, so 1,500 yen become 1,500 euros, and nothing says so. Since Django 4.2 ``update_or_create()`` saves just the fields
# of its defaults, so that code which had been right turned wrong without an edit. One would guess that a field which is assigned
# as one value is written as one value, or refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19 django-money==3.6.2
"$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings

memory = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
apps = ["djmoney"]
settings.configure(
    INSTALLED_APPS=apps, DATABASES={"default": memory}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField"
)
django.setup()

from django.db import connection, models
from djmoney.models.fields import MoneyField
from djmoney.money import Money


class Price(models.Model):
    price = MoneyField(max_digits=10, decimal_places=2, default_currency="EUR")

    class Meta:
        app_label = "shop"


YEN = Money("1500", "JPY")


def save(row):
    row.price = YEN
    row.save()


def save_partly(row):
    row.price = YEN
    row.save(update_fields=["price"])


def bulk_update(row):
    row.price = YEN
    Price.objects.bulk_update([row], ["price"])


def upsert(row):
    conflict = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": ["price"]}
    Price.objects.bulk_create([Price(pk=row.pk, price=YEN)], **conflict)


WRITES = {
    "save()": save,
    "update()": lambda row: Price.objects.filter(pk=row.pk).update(price=YEN),
    "save(update_fields)": save_partly,
    "bulk_update()": bulk_update,
    "update_or_create()": lambda row: Price.objects.update_or_create(pk=row.pk, defaults={"price": YEN}),
    "bulk_create(update_conflicts)": upsert,
}
with connection.schema_editor() as editor:
    editor.create_model(Price)
stored = {}
for name, write in WRITES.items():
    row = Price.objects.create(price=Money("10", "EUR"))
    write(row)
    price = Price.objects.get(pk=row.pk).price
    stored[name] = (str(price.amount), str(price.currency))
    print(f"{name}: 1500 JPY over 10 EUR is stored as {price.amount} {price.currency}")
right, wrong = ("1500.00", "JPY"), ("1500.00", "EUR")
assert [stored[name] for name in WRITES] == [right] * 2 + [wrong] * 4, stored
print("as described")
PYTHON
