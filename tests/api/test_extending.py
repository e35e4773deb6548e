"""A project's own serializers, views and settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client, RequestFactory
from rest_framework import serializers

from tradepost.api.routers import Router
from tradepost.api.serializers import serializer_class
from tradepost.api.serializers.catalogue import VariantSerializer
from tradepost.api.views.catalogue import ProductViewSet
from tradepost.core.errors import Misused
from tradepost.testing import factories


class LoudVariantSerializer(VariantSerializer):
    """A project's: one field more."""

    loud = serializers.SerializerMethodField()

    def get_loud(self, offer: Any) -> str:
        """The SKU, with emphasis."""
        return f"{offer.variant.sku}!"


class QuietProductViewSet(ProductViewSet):
    """A project's: it says nothing of brands."""

    def retrieve(self, request: Any, slug: str) -> Any:
        """Without the brand."""
        response = super().retrieve(request, slug)
        del response.data["brand"]
        return response


@pytest.mark.django_db
def test_an_overridden_serializer_reaches_nested_uses(client: Client, settings: Any) -> None:
    """The product's serializer stays ours."""
    factories.variant(product=factories.product(slug="mug"), sku="MUG")
    settings.TRADEPOST_API = {"SERIALIZERS": {"catalogue.Variant": f"{__name__}.LoudVariantSerializer"}}

    assert client.get("/api/v1/products/mug/").json()["variants"][0]["loud"] == "MUG!"


@pytest.mark.django_db
def test_a_view_is_replaced_by_its_key(rf: RequestFactory) -> None:
    """And another one is left out."""
    factories.product(slug="mug")
    router = Router()
    router.replace("products", QuietProductViewSet)
    router.drop("collections")

    patterns: dict[Any, Any] = {pattern.name: pattern for pattern in router.urls}
    answer = patterns["products-detail"].callback(rf.get("/"), slug="mug").render()

    assert "brand" not in answer.data
    assert "collections-list" not in patterns
    with pytest.raises(Misused, match="no endpoint 'carts'"):
        router.replace("carts", QuietProductViewSet)


def test_a_projects_own_drf_settings_change_nothing(client: Client, settings: Any) -> None:
    """Our views set all of DRF's classes themselves."""
    from rest_framework.settings import api_settings

    settings.REST_FRAMEWORK = {
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.StaticHTMLRenderer"],
        "EXCEPTION_HANDLER": "nowhere.handler",
    }
    api_settings.reload()

    assert client.get("/api/v1/products/?currency=XXX").json()["errors"][0]["attr"] == "currency"


def test_every_key_has_a_serializer() -> None:
    """None of the paths is stale."""
    from tradepost.api.serializers.registry import SERIALIZERS

    assert all(issubclass(serializer_class(key), serializers.BaseSerializer) for key in SERIALIZERS)


@pytest.mark.parametrize(
    ("wrong", "code", "message"),
    [
        ({"SERIALIZERS": {"orders.Ordre": "x"}}, "tradepost.E801", "has no key 'orders.Ordre'"),
        ({"SERIALIZERS": {"orders.Order": "nowhere.Thing"}}, "tradepost.E801", "'nowhere.Thing' is not the path"),
        ({"SERIALIZERS": []}, "tradepost.E801", "must be a dict"),
        ({"AUTHENTICATION": ("nowhere.Auth",)}, "tradepost.E802", "'nowhere.Auth' is not"),
        ({"AUTHENTICATION": "nowhere"}, "tradepost.E802", "must be a tuple"),
        ({"THROTTLE": {"guess": "often"}}, "tradepost.E803", "'often' is not a rate"),
        ({"THROTTLE": {"lots": "1/s"}}, "tradepost.E803", "there are any, guess, complete"),
        ({"PAGESIZE": 3}, "tradepost.E800", 'Did you mean "PAGE_SIZE"'),
        ({"PAGE_SIZE": "3"}, "tradepost.E800", "must be int"),
    ],
)
def test_checks_say_what_is_wrong_with_the_settings(settings: Any, wrong: Any, code: str, message: str) -> None:
    """With an id each."""
    settings.TRADEPOST_API = wrong

    entries = [check for check in run_checks(tags=["tradepost"]) if check.id == code]

    assert [message in check.msg for check in entries] == [True]


def test_the_defaults_pass_the_checks() -> None:
    """No message about the API."""
    assert [check for check in run_checks(tags=["tradepost"]) if str(check.id).startswith("tradepost.E80")] == []
