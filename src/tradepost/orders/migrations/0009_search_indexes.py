from __future__ import annotations

from django.db import migrations, models

from tradepost.core.operations import PostgresSQL

CREATE = """
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX tradepost_orders_order_words ON tradepost_orders_order USING gin (
        upper(number::text) gin_trgm_ops,
        upper(email::text) gin_trgm_ops,
        upper(company::text) gin_trgm_ops,
        upper((shipping_address ->> 'name')::text) gin_trgm_ops,
        upper((billing_address ->> 'name')::text) gin_trgm_ops,
        (phone::text) gin_trgm_ops
    );
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file OR undefined_object THEN
    RAISE NOTICE 'Searching goes without its indexes, for pg_trgm is missing: %', SQLERRM;
END
$$
"""


class Migration(migrations.Migration):
    """Find orders by words through indexes, where PostgreSQL has pg_trgm, or lets us install it; by SKU everywhere."""

    dependencies = [("tradepost_orders", "0008_drafts")]

    operations = [
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(fields=["sku"], name="tradepost_o_sku_5613dd_idx"),
        ),
        PostgresSQL(CREATE, "DROP INDEX IF EXISTS tradepost_orders_order_words"),
    ]
