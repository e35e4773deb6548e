from __future__ import annotations

from django.db import migrations

from tradepost.core.operations import PostgresSQL

CREATE = """
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX tradepost_customers_customer_words ON tradepost_customers_customer USING gin (
        upper(name::text) gin_trgm_ops,
        upper(email::text) gin_trgm_ops,
        (phone::text) gin_trgm_ops,
        (phone_e164::text) gin_trgm_ops
    );
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file OR undefined_object THEN
    RAISE NOTICE 'Searching goes without its indexes, for pg_trgm is missing: %', SQLERRM;
END
$$
"""


class Migration(migrations.Migration):
    """Find customers by words through indexes, where PostgreSQL has pg_trgm, or lets us install it."""

    dependencies = [("tradepost_customers", "0010_consent_actor")]

    operations = [PostgresSQL(CREATE, "DROP INDEX IF EXISTS tradepost_customers_customer_words")]
