"""Versions of rows: each write raises them, whichever way it goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from tradepost.catalogue import services
from tradepost.catalogue.models import Product
from tradepost.testing import factories
from tradepost.testing.queries import count_queries

pytestmark = pytest.mark.django_db


def bulk(product: Product) -> None:
    """As an import does."""
    product.name = "Cup"
    Product.objects.bulk_update([product], ["name"])


def save_a_part(product: Product) -> None:
    """One column of a row of which no other was read."""
    row = Product.objects.only("name").get(pk=product.pk)
    row.name = "Cup"
    row.save()


WRITES: dict[str, Callable[[Product], Any]] = {
    "save": lambda product: product.save(),
    "save of a column": lambda product: product.save(update_fields=["name"]),
    "save of a row that was read in part": save_a_part,
    "update": lambda product: Product.objects.filter(pk=product.pk).update(name="Cup"),
    "update through a relation": lambda product: product.product_type.products.update(name="Cup"),
    "bulk update": bulk,
    "update or create": lambda product: Product.objects.update_or_create(pk=product.pk, defaults={"name": "Cup"}),
    "a service": services.hide,
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_each_write_raises_the_version_by_one(write: Callable[[Product], Any]) -> None:
    """In the statement that writes: none is added."""
    product, other = factories.product(), factories.product(product_type=factories.product_type("other"))
    assert product.version == 1

    with count_queries() as seen:
        write(product)

    versions = dict(Product.objects.values_list("pk", "version"))
    assert versions == {product.pk: 2, other.pk: 1}
    assert len([sql for sql in seen if sql.startswith("UPDATE")]) == 1


def test_an_instance_knows_the_version_that_it_has_written() -> None:
    """Also after several saves, and a project may set one itself."""
    product = factories.product()
    product.save()
    product.save(update_fields=["name"])

    assert (product.version, Product.objects.get().version) == (3, 3)
    assert Product.objects.update(version=F("version") + 5) == 1
    assert Product.objects.get().version == 8


def test_whoever_writes_what_is_old_still_raises_it() -> None:
    """Two that read the same version leave two more, so that neither hides the other."""
    first = factories.product()
    second = Product.objects.get()

    first.save()
    second.save()

    assert Product.objects.get().version == 3


def test_nothing_that_is_saved_writes_nothing() -> None:
    """As ever with no fields to save."""
    product = factories.product()

    product.save(update_fields=[])

    assert Product.objects.get().version == 1


@pytest.mark.parametrize("names", [["slug"], ["uuid"], ["pk"]])
def test_rows_that_are_written_over_get_another_version(names: list[str]) -> None:
    """By ``bulk_create(update_conflicts=True)``, of which no statement says what was there; others keep theirs."""
    product, other = factories.product(slug="mug", name="Mug"), factories.product(slug="cup")
    fresh = Product(product_type=product.product_type, slug="jug", name="Jug")
    again = Product(product_type=product.product_type, slug="mug", uuid=product.uuid, name="Beaker", pk=product.pk)
    fresh.pk = Product.objects.latest("pk").pk + 1000
    unique = {"unique_fields": names} if connection.features.supports_update_conflicts_with_target else {}

    Product.objects.bulk_create([again, fresh], update_conflicts=True, update_fields=["name"], **unique)

    rows = {slug: (name, version) for slug, name, version in Product.objects.values_list("slug", "name", "version")}
    assert rows == {"mug": ("Beaker", 2), "cup": (other.name, 1), "jug": ("Jug", 2)}


def test_rows_that_are_only_inserted_begin_at_one() -> None:
    """As ever."""
    kind = factories.product_type()
    Product.objects.bulk_create([Product(product_type=kind, slug="mug", name="Mug")])
    Product.objects.bulk_create([Product(product_type=kind, slug="cup", name="Cup")], ignore_conflicts=True)

    assert set(Product.objects.values_list("version", flat=True)) == {1}
