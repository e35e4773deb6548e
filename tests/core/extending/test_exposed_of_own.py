"""Declared fields that a project's own class has: the app was replaced."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tradepost.catalogue.models import Product
from tradepost.core.extending import exposed_fields
from tradepost.core.extending.exposed_fields import (
    PUBLIC,
    STAFF,
    expose,
)
from tradepost.testing import factories as make

pytestmark = [pytest.mark.replaced, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _isbn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposed_fields, "_declared", {})
    expose("tradepost_catalogue.Product", "isbn", read=PUBLIC, write=STAFF, search=True, filter=True, label="ISBN")


def test_it_is_read_filtered_and_found_in_the_api(client: Client) -> None:
    """As a sidecar's would be."""
    make.product(slug="c", isbn="9780131103627")
    make.product(slug="d")

    def slugs(query: str) -> list[str]:
        return [card["slug"] for card in client.get(f"/api/v1/products/?{query}").json()["results"]]

    assert client.get("/api/v1/products/c/").json()["extra"] == {"isbn": "9780131103627"}
    assert slugs("extra.isbn=9780131103627") == slugs("search=9780131103627") == ["c"]


def test_it_is_a_field_of_the_products_page(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """For reading only where it isn't exposed for writing."""
    page = reverse("admin:tradepost_catalogue_product_change", args=[make.product(isbn="9780131103627").pk])

    assert 'name="isbn" value="9780131103627"' in admin_client.get(page).content.decode()
    monkeypatch.setattr(exposed_fields, "_declared", {})
    expose("tradepost_catalogue.Product", "isbn", read=PUBLIC)
    shown = admin_client.get(page).content.decode()
    assert 'name="isbn"' not in shown
    assert "9780131103627" in shown


def test_it_is_a_column_of_files(tmp_path: Path) -> None:
    """Out and in again."""
    make.variant(product=make.product(slug="c", isbn="9780131103627"), price="45.00", on_hand=1)
    file = str(tmp_path / "all.csv")
    output: Any = StringIO()

    call_command("tradepost_export", file, stdout=output)
    Product.objects.update(isbn="")
    call_command("tradepost_import", file, stdout=output, stderr=output)

    assert Product.objects.get().isbn == "9780131103627"
