"""What is no default becomes null, so that a unique key can hold one default for each customer; the constraints follow.

In a migration of its own: PostgreSQL alters no table whose rows were changed in the same transaction.
"""

from typing import Any

from django.db import migrations
from django.db.models import Count


def leave_one(apps: Any, schema_editor: Any) -> None:
    """Of several defaults the first one stays: it is what pages have shown."""
    rows = apps.get_model("tradepost_customers", "Address").objects.using(schema_editor.connection.alias)
    for name in ("is_default_shipping", "is_default_billing"):
        rows.filter(**{name: False}).update(**{name: None})
        marked = rows.filter(**{name: True}).order_by()
        several = marked.values("customer_id").annotate(number=Count("pk")).filter(number__gt=1)
        for customer in list(several.values_list("customer_id", flat=True)):
            first = marked.filter(customer_id=customer).order_by("pk").values_list("pk", flat=True)[0]
            marked.filter(customer_id=customer).exclude(pk=first).update(**{name: None})


def tell_no(apps: Any, schema_editor: Any) -> None:
    """As before: what is no default is false."""
    rows = apps.get_model("tradepost_customers", "Address").objects.using(schema_editor.connection.alias)
    for name in ("is_default_shipping", "is_default_billing"):
        rows.filter(**{name: None}).update(**{name: False})


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_customers', '0003_default_or_null'),
    ]

    operations = [migrations.RunPython(leave_one, tell_no)]
