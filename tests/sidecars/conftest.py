"""A shop with books and wine: the models of two plugins beside ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from tradepost.testing import factories as make


@pytest.fixture
def novel() -> Any:
    """A product with the sidecar of one plugin, and a variant with another of it."""
    from tests.projects.sidecars.books.models import Book, Edition

    product = make.product(name="Buddenbrooks", slug="buddenbrooks", metadata={"series": "Classics", "old_id": 12})
    Book.objects.create(product=product, author="Thomas Mann", pages=736, isbn="9783103970043", shelf="A 12")
    Edition.objects.create(variant=make.variant(product=product, sku="TM-1", price="24.00", on_hand=3), binding="hard")
    return product


@pytest.fixture
def riesling() -> Any:
    """A product with the sidecar of the other."""
    from tests.projects.sidecars.wine.models import Wine

    product = make.product(name="Riesling", slug="riesling")
    Wine.objects.create(product=product, vintage=2021, region="Rheingau", alcohol="12.50")
    make.variant(product=product, sku="R-21", price="14.00", on_hand=3)
    return product


@pytest.fixture
def clerk() -> Client:
    """Staff who may view and change products and books, and nothing of wine."""
    user = get_user_model().objects.create_user("clerk", is_staff=True)
    names = [f"{verb}_{model}" for verb in ("view", "change", "add") for model in ("product", "book")]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def member() -> Client:
    """A signed-in customer."""
    client = Client()
    client.force_login(get_user_model().objects.create_user("anna", email="anna@example.com"))
    return client
