"""A database in which a customer has several defaults, or says no with a false, is migrated."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = ("tradepost_customers", "0002_words"), ("tradepost_customers", "0005_one_default_constraints")


def migrate(target: tuple[str, str]) -> Any:
    """The models of that state."""
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


@pytest.mark.django_db(transaction=True)
def test_of_several_defaults_the_first_stays() -> None:
    """The one that pages showed; nobody loses an address, and it goes back as well."""
    try:
        old = migrate(BEFORE)
        customer, other = (old.get_model("tradepost_customers", "Customer").objects.create() for _ in range(2))
        book = old.get_model("tradepost_customers", "Address").objects
        marks = [(customer, False, True), (customer, True, True), (customer, True, False), (other, False, False)]
        for owner, shipping, billing in marks:
            book.create(customer=owner, is_default_shipping=shipping, is_default_billing=billing)

        rows = migrate(AFTER).get_model("tradepost_customers", "Address").objects.order_by("pk")
        columns = ("is_default_shipping", "is_default_billing")
        assert list(rows.values_list(*columns)) == [(None, True), (True, None), (None, None), (None, None)]

        rows = migrate(BEFORE).get_model("tradepost_customers", "Address").objects.order_by("pk")
        assert list(rows.values_list(*columns)) == [(False, True), (True, False), (False, False), (False, False)]
        rows.all().delete()
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes("tradepost_customers"))
