from __future__ import annotations

from django.db import migrations

from tradepost.core.operations import PostgresSQL


class Migration(migrations.Migration):
    """Find products by the values of their attributes through an index, where the database has one for JSON."""

    dependencies = [("tradepost_catalogue", "0001_initial")]

    operations = [
        PostgresSQL(
            "CREATE INDEX tradepost_catalogue_product_attributes"
            " ON tradepost_catalogue_product USING gin (attributes jsonb_path_ops)",
            "DROP INDEX tradepost_catalogue_product_attributes",
        ),
    ]
