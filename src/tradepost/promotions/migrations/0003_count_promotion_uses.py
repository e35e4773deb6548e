"""Fill Promotion.used from the uses of budgets that are there already, so that giving them back counts down from the truth."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce


def count_uses(apps: Any, schema_editor: Any) -> None:
    """One statement: promotions are few."""
    using = schema_editor.connection.alias
    uses = apps.get_model("tradepost_promotions", "PromotionUse").objects.using(using)
    mine = uses.filter(promotion=OuterRef("pk")).order_by().values("promotion").annotate(n=Count("pk")).values("n")
    promotions = apps.get_model("tradepost_promotions", "Promotion").objects.using(using)
    promotions.update(used=Coalesce(Subquery(mine), 0, output_field=IntegerField()))


class Migration(migrations.Migration):
    dependencies = [("tradepost_promotions", "0002_promotion_limits")]

    operations = [
        # backwards there is nothing to do: the column goes
        migrations.RunPython(count_uses, migrations.RunPython.noop),
    ]
