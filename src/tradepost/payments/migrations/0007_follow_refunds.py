"""Refunds that were booked before this release have had their credits, or none: they aren't credited now."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import F


def follow(apps: Any, schema_editor: Any) -> None:
    """One statement."""
    rows = apps.get_model("tradepost_payments", "Transaction").objects.using(schema_editor.connection.alias)
    rows.filter(kind="refund", state="succeeded").update(followed_amount=F("amount"))


class Migration(migrations.Migration):
    dependencies = [("tradepost_payments", "0006_leases_and_retries")]

    operations = [
        # backwards there is nothing to do: the column goes
        migrations.RunPython(follow, migrations.RunPython.noop),
    ]
