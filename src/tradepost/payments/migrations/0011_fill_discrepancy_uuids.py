"""Discrepancies get the name by which the API calls them.

In a migration of its own: PostgreSQL alters no table whose rows were changed in the same transaction.
"""

from typing import Any
from uuid import uuid4

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    """One by one: there are few."""
    rows = apps.get_model("tradepost_payments", "Discrepancy").objects.using(schema_editor.connection.alias)
    for pk in list(rows.filter(uuid=None).values_list("pk", flat=True)):
        rows.filter(pk=pk).update(uuid=uuid4())


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_payments', '0010_discrepancy_uuid'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
