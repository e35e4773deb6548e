"""Write the keys of the addresses of orders that were placed before orders had them."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from tradepost.core.errors import InvalidEmail
from tradepost.core.inputs.email_keys import email_key

_BATCH = 1000


def fill_keys(apps: Any, schema_editor: Any) -> None:
    """In batches, each a statement or two of its own, so that no lock lasts long; begun again it goes on where it ended."""
    orders = apps.get_model("tradepost_orders", "Order").objects.using(schema_editor.connection.alias)
    last = 0
    while batch := list(orders.filter(pk__gt=last).order_by("pk").only("pk", "email", "email_key")[:_BATCH]):
        last = batch[-1].pk
        changed = [order for order in batch if not order.email_key and order.email]
        for order in changed:
            order.email_key = _key(order.email)
        orders.bulk_update([order for order in changed if order.email_key], ["email_key"])


def _key(email: str) -> str:
    try:
        return email_key(email)
    except InvalidEmail:
        return ""


class Migration(migrations.Migration):
    atomic = False  # each batch commits

    dependencies = [("tradepost_orders", "0005_email_key")]

    operations = [
        # backwards the column itself goes
        migrations.RunPython(fill_keys, migrations.RunPython.noop, elidable=True),
    ]
