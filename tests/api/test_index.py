"""The index: the API's own address, currencies and languages; messages in the caller's language; calls that will end."""

from __future__ import annotations

import re
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from rest_framework.test import APIRequestFactory

from tradepost.api.headers.deprecation import Deprecation
from tradepost.api.routers import Router
from tradepost.api.views.catalogue import CollectionViewSet

pytestmark = pytest.mark.django_db


def operations(client: Client) -> set[str]:
    """Names of the calls that are open to somebody."""
    resources = client.get("/api/v1/").json()["resources"]
    return {call["operation"] for resource in resources for call in resource["calls"]}


def test_lists_what_there_is(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """By address, for a visitor without a query."""
    with django_assert_num_queries(0):
        body = client.get("/api/v1/").json()

    assert body["schema"] == "http://testserver/api/v1/schema/"
    assert body["resources"][:2] == [
        {
            "path": "products/",
            "url": "http://testserver/api/v1/products/",
            "calls": [{"method": "GET", "operation": "products_list"}],
        },
        {
            "path": "products/{slug}/",
            "url": "http://testserver/api/v1/products/{slug}/",
            "calls": [{"method": "GET", "operation": "products_retrieve"}],
        },
    ]
    assert len({resource["path"] for resource in body["resources"]}) == len(body["resources"])


def test_only_what_the_caller_may_is_listed(client: Client, signed_in: Client, settings: Any) -> None:
    """A visitor isn't shown what needs an account, a customer nothing of the staff's, an administrator all."""
    root = Client()
    root.force_login(get_user_model().objects.create_superuser("root", "root@example.com", "secret"))
    visitor, customer, administrator = (operations(each) for each in (client, signed_in, root))

    assert {"products_list", "baskets_create"} <= visitor
    assert "orders_list" not in visitor
    assert customer - visitor >= {"orders_list"}
    assert not [name for name in customer if name.startswith("staff-")]
    router: Router = getattr(import_module(settings.ROOT_URLCONF), "router", None) or Router()  # a project's own
    assert administrator == {endpoint.operation for endpoint in router.endpoints()}


def test_names_are_those_of_the_schema(client: Client) -> None:
    """So a client finds a call's description by them."""
    schema = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    described = {operation["operationId"] for path in schema["paths"].values() for operation in path.values()}

    assert {endpoint.operation for endpoint in Router().endpoints()} <= described
    assert "index_retrieve" in described


def test_lists_currencies_and_languages(client: Client, settings: Any) -> None:
    """Names in the caller's language; a code that nobody knows has itself for a name."""
    settings.TRADEPOST_PRICING = {"CURRENCY": "EUR", "CURRENCIES": ("USD", "JPY", "EUR")}
    settings.LANGUAGES = [("en", "English"), ("de", "German"), ("xx", "Elvish")]

    currencies = client.get("/api/v1/currencies/", headers={"Accept-Language": "de"}).json()
    languages = client.get("/api/v1/languages/").json()

    assert [(row["code"], row["name"], row["decimal_places"], row["is_default"]) for row in currencies] == [
        ("EUR", "Euro", 2, True),
        ("JPY", "Japanischer Yen", 0, False),
        ("USD", "US-Dollar", 2, False),
    ]
    assert [(row["code"], row["own_name"]) for row in languages] == [
        ("en", "English"),
        ("de", "Deutsch"),
        ("xx", "Elvish"),
    ]


def test_messages_are_in_the_callers_language(client: Client, basket: dict[str, Any]) -> None:
    """Codes and types are the same in each."""
    url = f"/api/v1/baskets/{basket['uuid']}/lines/"

    answers = [
        client.post(url, {}, "application/json", headers={"Accept-Language": language}).json()
        for language in ("en", "de", "fr")
    ]

    details = [answer["errors"][0]["detail"] for answer in answers]
    assert (details[0], details[2]) == ("This field is required.", "Ce champ est obligatoire.")
    assert re.fullmatch(r"Dieses Feld ist (zwingend )?erforderlich\.", details[1])  # REST framework 3.16 and later
    assert {(answer["type"], answer["errors"][0]["code"]) for answer in answers} == {("validation_error", "required")}


def test_a_call_that_will_end_says_so_in_headers() -> None:
    """On answers and refusals, since when and until when; what isn't named doesn't."""

    class OwnViewSet(CollectionViewSet):
        deprecated = {
            "retrieve": Deprecation(
                since=date(2030, 1, 1), sunset=date(2030, 7, 1), link="https://example.com/collections"
            )
        }

    request = APIRequestFactory().get("/")
    absent: Any = OwnViewSet.as_view({"get": "retrieve"}, basename="own")(request, slug="none")
    listed: Any = OwnViewSet.as_view({"get": "list"}, basename="own")(request)

    assert absent.status_code == 404
    assert absent.headers["Deprecation"] == "@1893456000"
    assert absent.headers["Sunset"] == "Mon, 01 Jul 2030 00:00:00 GMT"
    assert absent.headers["Link"] == '<https://example.com/collections>; rel="deprecation"'
    assert not {"Deprecation", "Sunset", "Link"} & set(listed.headers)
    assert Deprecation(since=date(2030, 1, 1)).headers() == {"Deprecation": "@1893456000"}


def test_a_deprecated_call_is_so_in_the_schema(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the sentence that says until when."""
    monkeypatch.setattr(CollectionViewSet, "deprecated", {"": Deprecation(since=date(2030, 1, 1))})

    schema = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()

    operation = schema["paths"]["/api/v1/collections/"]["get"]
    assert operation["deprecated"] is True
    assert "Deprecated since 2030-01-01." in operation["description"]
    assert "deprecated" not in schema["paths"]["/api/v1/categories/"]["get"]
