#!/usr/bin/env bash
# django-fsm-2 4.2.4 with Django 5.2.19: after one refresh_from_db() that finds no row, a protected state can be assigned on every
# object of the model, for as long as the process lives.
#
# ``FSMField(protected=True)`` refuses ``order.state = "paid"``: only a transition may move it. ``FSMModelMixin`` lifts this while
# ``refresh_from_db()`` reads, by a flag on the field, which all objects share, and puts it back afterwards; but not when reading
# raises. A row that another process deleted is enough. One would guess that protection concerns one object, and survives an error
# that the caller expects and handles.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19 django-fsm-2==4.2.4
"$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings

memory = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(DATABASES={"default": memory}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
django.setup()

from django.db import connection, models
from django_fsm import FSMField, FSMModelMixin, transition


class Order(FSMModelMixin, models.Model):
    state = FSMField(default="new", protected=True)

    class Meta:
        app_label = "shop"

    @transition(field=state, source="new", target="paid")
    def pay(self):
        """Paid by a transition."""


def assign(order):
    try:
        order.state = "paid"
    except AttributeError:
        return "refused"
    return "assigned"


with connection.schema_editor() as editor:
    editor.create_model(Order)
gone, other = Order.objects.create(), Order.objects.create()
before = assign(other)
Order.objects.filter(pk=gone.pk).delete()
try:
    gone.refresh_from_db()
except Order.DoesNotExist:
    print("a refresh found no row, and was handled")
after = assign(other)
print("another object's state, before and after:", before, after)
assert (before, after) == ("refused", "assigned"), (before, after)
print("as described")
PYTHON
