"""The OpenAPI schema, and the page that shows it."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from tradepost.api.routers import Router
from tradepost.api.schema.pages import DocsView
from tradepost.promotions.models import PercentageOff
from tradepost.testing import factories as make


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """As the command writes it: valid, and without a warning."""
    out = StringIO()
    call_command("spectacular", fail_on_warn=True, validate=True, stdout=out)
    result: dict[str, Any] = yaml.safe_load(out.getvalue())
    return result


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of ours, not the schema's own."""
    paths = {path: item for path, item in schema["paths"].items() if "/schema/" not in path}
    return [operation for item in paths.values() for operation in item.values()]


def test_every_operation_is_described(schema: dict[str, Any]) -> None:
    """By a summary and a sentence, under an endpoint's tag."""
    bare = [
        operation["operationId"]
        for operation in operations(schema)
        if not (operation.get("summary") and operation.get("description") and operation.get("tags"))
    ]

    assert bare == []
    assert {result["tags"][0] for result in operations(schema)} == {
        "auth",
        "baskets",
        "categories",
        "collections",
        "orders",
        "payment-methods",
        "payments",
        "pickup-points",
        "products",
        "staff",
        "webhooks",
    }


def test_every_operation_names_its_errors(schema: dict[str, Any]) -> None:
    """One form for all, with examples."""
    refusals = {operation["responses"]["default"]["$ref"] for operation in operations(schema)}

    assert refusals == {"#/components/responses/Refusal"}
    examples = schema["components"]["responses"]["Refusal"]["content"]["application/json"]["examples"]
    assert examples["conflict"]["value"]["errors"][0]["code"] == "out_of_stock"


def test_unsafe_operations_take_a_key_and_webhooks_do_not(schema: dict[str, Any]) -> None:
    """The header is where it is heeded."""
    keyed = {
        operation["operationId"]
        for operation in operations(schema)
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
    }

    assert {"baskets_create", "baskets_complete", "orders_cancel", "payments_complete"} <= keyed
    assert keyed.isdisjoint({"webhooks_deliver", "products_list"})


def test_enums_and_money_have_names(schema: dict[str, Any]) -> None:
    """No enum is called by a number, and money stands once."""
    components = schema["components"]["schemas"]

    assert components["Money"]["example"] == {"amount": "12.50", "currency": "EUR"}
    assert "confirmed" in components["OrderStatus"]["enum"]
    assert [name for name in components if name.endswith("Enum")] == []


def test_no_primary_key_is_in_the_schema(schema: dict[str, Any]) -> None:
    """Identity is by slug, number or UUID."""
    fields = {
        field for component in schema["components"]["schemas"].values() for field in component.get("properties", {})
    }

    assert fields.isdisjoint({"id", "pk"})
    assert {field for field in fields if field.endswith("_id")} == {"tax_id"}


def test_the_schema_is_served(client: Client) -> None:
    """As YAML, without a database."""
    answer = client.get("/api/v1/schema/")

    assert answer.status_code == 200
    assert "/api/v1/products/" in yaml.safe_load(answer.content)["paths"]


def test_the_page_is_there_where_its_assets_are_installed(settings: Any) -> None:
    """They are served by the project; nothing is fetched from elsewhere."""
    assert "docs" not in [pattern.name for pattern in Router().urls]

    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "drf_spectacular_sidecar"]

    assert "docs" in [pattern.name for pattern in Router().urls]
    page = DocsView.as_view()(RequestFactory().get("/api/v1/docs/")).render().content.decode()
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in page
    assert "/api/v1/schema/" in page
    assert "https://" not in page


class _OfTheProject(APIView):
    """A view on DRF's own schema class, as a project may have many."""

    def get(self, request: Any) -> Response:
        return Response({})


urlpatterns = [path("own/", _OfTheProject.as_view()), path("api/v1/", include("tradepost.api.urls"))]


def test_a_project_needs_no_setting_and_may_have_views_of_its_own(settings: Any) -> None:
    """Without ``DEFAULT_SCHEMA_CLASS`` ours are described, and theirs are left out."""
    assert not hasattr(settings, "REST_FRAMEWORK")
    settings.ROOT_URLCONF = __name__
    answer = Client().get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    paths = answer.json()["paths"]
    assert "/api/v1/products/" in paths
    assert "/own/" not in paths


@pytest.mark.django_db
def test_the_status_of_an_answer_is_the_documented_one(schema: dict[str, Any], client: Client) -> None:
    """Of every act on a basket, those that take something away among them: they answer with the basket."""
    make.variant(product=make.product(), sku="MUG", price="12.50", on_hand=5)
    PercentageOff.objects.create(promotion=make.promotion(coupon="TEN"), percent=10)
    base = "/api/v1/baskets/"
    uuid = client.post(base, {}, content_type="application/json").json()["uuid"]
    where = "/api/v1/baskets/{uuid}/"
    done: list[tuple[str, str, int]] = []

    def call(method: str, act: str, data: Any = None, **parts: str) -> Any:
        url = f"{where}{act}".replace("{uuid}", uuid)
        for name, value in parts.items():
            url = url.replace(f"{{{name}}}", value)
        answer = getattr(client, method)(url, data or {}, content_type="application/json")
        done.append((method, f"{where}{act}", answer.status_code))
        return answer

    line = call("post", "lines/", {"variant": "MUG"}).json()["lines"][0]["uuid"]
    call("patch", "lines/{line}/", {"quantity": 2}, line=line)
    call("post", "coupons/", {"code": "TEN"})
    call("delete", "coupons/{code}/", code="TEN")
    call("delete", "coupons/")
    call("delete", "lines/{line}/", line=line)
    call("patch", "", {"country": "DE"})
    call("patch", "checkout/", {"email": "ada@example.com"})

    assert [status for _method, _address, status in done] == [201, 200, 201, 200, 200, 200, 200, 200]
    for method, address, status in done:
        described = schema["paths"][address][method]["responses"]
        assert [code for code in described if code != "default"] == [str(status)], (method, address)
        assert "schema" in described[str(status)]["content"]["application/json"]


def test_only_what_makes_something_is_documented_as_created(schema: dict[str, Any]) -> None:
    """A dry run makes nothing; its answer is 200."""
    described = schema["paths"]["/api/v1/staff/dry-run/"]["post"]["responses"]

    assert [code for code in described if code != "default"] == ["200"]
