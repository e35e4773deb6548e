from __future__ import annotations

from django.db import migrations

from tradepost.core.operations import PostgresSQL

CREATE = """
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX tradepost_catalogue_product_words ON tradepost_catalogue_product USING gin (
        upper(name::text) gin_trgm_ops, upper(summary::text) gin_trgm_ops, upper(brand::text) gin_trgm_ops
    );
    CREATE INDEX tradepost_catalogue_variant_words ON tradepost_catalogue_variant USING gin (
        upper(sku::text) gin_trgm_ops
    );
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file OR undefined_object THEN
    RAISE NOTICE 'Searching goes without its indexes, for pg_trgm is missing: %', SQLERRM;
END
$$
"""


class Migration(migrations.Migration):
    """Find words in products through indexes, where PostgreSQL has pg_trgm, or lets us install it."""

    dependencies = [("tradepost_catalogue", "0005_list_indexes")]

    operations = [
        PostgresSQL(
            CREATE,
            """
            DROP INDEX IF EXISTS tradepost_catalogue_product_words;
            DROP INDEX IF EXISTS tradepost_catalogue_variant_words
            """,
        ),
    ]
