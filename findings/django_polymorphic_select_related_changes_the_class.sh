#!/usr/bin/env bash
# django-polymorphic 4.11.7 with Django 5.2.19: select_related() gives another class than the same foreign key without it.
#
# ``basket.method`` is a ``FlatRate`` when it is fetched by itself or by prefetch_related(), and the base class ``Method`` after
# select_related("method"), which is usually added later, to save a query. Methods of the kind are then the base's, silently, or
# missing. One would guess that an optimisation of a query doesn't change what it gives, or that it is refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19 django-polymorphic==4.11.7
mkdir "$folder/shop"
touch "$folder/shop/__init__.py"
cat >"$folder/shop/models.py" <<'PYTHON'
from django.db import models
from polymorphic.models import PolymorphicModel


class Method(PolymorphicModel):
    def price(self):
        return 0


class FlatRate(Method):
    def price(self):
        return 5


class Basket(models.Model):
    method = models.ForeignKey(Method, models.CASCADE)
PYTHON
cd "$folder" && venv/bin/python - <<'PYTHON'
import django
from django.conf import settings

memory = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
apps = ["django.contrib.contenttypes", "polymorphic", "shop"]
settings.configure(
    INSTALLED_APPS=apps, DATABASES={"default": memory}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField"
)
django.setup()

from django.core.management import call_command
from shop.models import Basket, FlatRate

call_command("migrate", run_syncdb=True, verbosity=0)
Basket.objects.create(method=FlatRate.objects.create())
queries = {
    "plain": Basket.objects.all(),
    "prefetch_related": Basket.objects.prefetch_related("method"),
    "select_related": Basket.objects.select_related("method"),
}
given = {}
for name, rows in queries.items():
    method = rows.get().method
    given[name] = (type(method).__name__, method.price())
    print(f"{name}: a {type(method).__name__}, whose price is {method.price()}")
assert given["plain"] == given["prefetch_related"] == ("FlatRate", 5), given
assert given["select_related"] == ("Method", 0), given
print("as described")
PYTHON
