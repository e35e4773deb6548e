"""The OpenAPI schema, and the page that shows it."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import include, path
from drf_spectacular.validation import validate_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from tradepost.api.routers import Router
from tradepost.api.schema.directions import DirectedSchema
from tradepost.api.schema.examples import example_of
from tradepost.api.schema.pages import DocsView, Generator, RedocView
from tradepost.basket.models import Basket
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
        "countries",
        "events",
        "orders",
        "payment-methods",
        "payments",
        "pickup-points",
        "products",
        "shop",
        "staff",
        "webhooks",
    }


def parameters(schema: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Of an operation, those that it shares with others included."""
    shared = schema["components"]["parameters"]
    return [
        shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in operation.get("parameters", [])
    ]


def by_id(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Operations by their ids."""
    return {operation["operationId"]: operation for operation in operations(schema)}


def refusals(operation: dict[str, Any]) -> set[int]:
    """Statuses of the refusals that an operation documents."""
    return {int(status) for status in operation["responses"] if int(status) >= 400}


def test_every_operation_names_its_refusals(schema: dict[str, Any]) -> None:
    """As they follow from its access, its method and what it takes; each is a component, with an example of our one form."""
    described = by_id(schema)

    assert refusals(described["products_list"]) == {400, 401, 404, 429, 503}
    assert refusals(described["categories_list"]) == {400, 401, 503}
    assert refusals(described["auth-me_retrieve"]) == {400, 401, 403, 503}
    assert refusals(described["orders_retrieve"]) == {400, 401, 404, 409, 429, 503}
    assert 401 in refusals(described["auth-token_create"])
    assert refusals(described["baskets_create"]) == {400, 401, 403, 409, 413, 415, 422, 503}
    assert refusals(described["baskets_complete"]) == {400, 401, 403, 404, 409, 413, 415, 422, 429, 503}
    assert refusals(described["staff-dry-run_create"]) == {400, 401, 403, 404, 409, 413, 415, 503}
    assert refusals(described["webhooks_deliver"]) == {400, 403, 404, 409, 413, 415, 503}
    assert {
        answer["$ref"]
        for operation in described.values()
        for status, answer in operation["responses"].items()
        if int(status) >= 400 and (operation["operationId"], status) != ("webhooks_deliver", "503")  # its own
    } == {f"#/components/responses/{name}" for name in schema["components"]["responses"]}
    error = schema["components"]["responses"]["409"]["content"]["application/json"]
    assert error["schema"] == {"$ref": "#/components/schemas/Error"}
    assert error["example"]["errors"][0]["code"] == "out_of_stock"


def test_unsafe_operations_take_a_key_and_webhooks_do_not(schema: dict[str, Any]) -> None:
    """The header is where it is heeded."""
    keyed = {
        operation["operationId"]
        for operation in operations(schema)
        if any(parameter["name"] == "Idempotency-Key" for parameter in parameters(schema, operation))
    }

    assert {"baskets_create", "baskets_complete", "orders_cancel", "payments_complete"} <= keyed
    assert keyed.isdisjoint({"webhooks_deliver", "products_list"})


def test_parameters_have_formats_and_patterns(schema: dict[str, Any]) -> None:
    """By their names, wherever they stand."""
    by_name = {
        parameter["name"]: parameter["schema"]
        for operation in operations(schema)
        for parameter in parameters(schema, operation)
    }

    uuid = {"type": "string", "format": "uuid", "pattern": "^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$"}
    assert by_name["uuid"] == by_name["line"] == uuid
    assert by_name["currency"] == {"type": "string", "pattern": "^([A-Za-z]{3})?$"}
    assert by_name["country"] == {"type": "string", "pattern": "^([A-Za-z]{2})?$"}
    assert by_name["Idempotency-Key"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    }


def references(part: Any) -> set[str]:
    """Names of the components that a part of the schema refers to."""
    if isinstance(part, dict):
        names = {part["$ref"].rpartition("/")[2]} if isinstance(part.get("$ref"), str) else set()
        return names.union(*map(references, part.values()))
    return set().union(*map(references, part)) if isinstance(part, list) else set()


def test_what_is_sent_and_what_is_answered_are_apart(schema: dict[str, Any], settings: Any) -> None:
    """Without a setting of the project; no component says of a field that it isn't there in one direction."""
    assert "COMPONENT_SPLIT_REQUEST" not in settings.SPECTACULAR_SETTINGS
    components = schema["components"]["schemas"]
    hidden = {
        (name, field)
        for name, component in components.items()
        for field, shape in component.get("properties", {}).items()
        if {"readOnly", "writeOnly"} & shape.keys()
    }
    assert hidden == set()
    sent, answered = (
        references([operation.get(part) for operation in operations(schema)]) for part in ("requestBody", "responses")
    )
    assert sent.isdisjoint(answered)
    assert {name for name in sent if not name.endswith("Request")} == set()
    assert components["AddLineRequest"]["properties"]["variant"]["minLength"] == 1
    assert "minLength" not in components["Coupon"]["properties"]["code"]


def test_money_and_decimals_have_digits(schema: dict[str, Any]) -> None:
    """Neither an empty text nor a lone sign is an amount; null is said where there may be none."""
    components = schema["components"]["schemas"]
    for pattern in (
        components["Money"]["properties"]["amount"]["pattern"],
        components["TaxSum"]["properties"]["rate"]["pattern"],
    ):
        assert re.fullmatch(pattern, "0.19")
        assert not any(re.search(pattern, text) for text in ("", "-", ".", "1.", ".5", "1e3"))
    assert components["BasketLine"]["properties"]["list_price"]["nullable"] is True
    assert "nullable" not in components["BasketLine"]["properties"]["total"]


def strict(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: strict(value) for key, value in schema.items() if key not in ("nullable", "example")}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def test_every_operation_has_examples(schema: dict[str, Any]) -> None:
    """A request has one that its component allows, and one of an answer can be made of its values."""
    components = schema["components"]["schemas"]
    whole = {"components": {"schemas": strict(components)}}
    for operation in operations(schema):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        answers = [answer for answer in operation["responses"].values() if "$ref" not in answer]
        for part in (*bodies, *answers):
            for medium in part.get("content", {}).values():
                if "application/json" in part["content"]:
                    example = example_of(medium["schema"], components)
                    jsonschema.validate(example, {**strict(medium["schema"]), **whole}, jsonschema.Draft4Validator)
    assert components["AddLineRequest"]["example"] == {"variant": "MUG-BLUE"}
    assert components["PatchedUpdateCheckoutRequest"]["example"]["shipping_address"]["city"] == "Berlin"


def test_the_schema_is_small(client: Client) -> None:
    """Half a megabyte at most as JSON, which the page loads; YAML is for people."""
    sizes = {kind: len(client.get(f"/api/v1/schema/?format={kind}").content) for kind in ("json", "yaml")}

    assert sizes["json"] < 500_000, sizes
    assert sizes["yaml"] < 600_000, sizes


def whole(component: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """A component with all properties that it has from others; the order of those that are required means nothing."""
    shape = {key: value for key, value in component.items() if key != "allOf"}
    for part in component.get("allOf", ()):
        inner = whole(components[part["$ref"].rpartition("/")[2]], components) if "$ref" in part else part
        properties = {**shape.get("properties", {}), **inner.get("properties", {})}
        required = sorted({*shape.get("required", ()), *inner.get("required", ())})
        shape |= {"type": "object", "properties": properties, **({"required": required} if required else {})}
        shape = {**{key: inner[key] for key in ("description", "additionalProperties") if key in inner}, **shape}
    if "required" in shape:
        shape["required"] = sorted(shape["required"])
    return shape


def inlined(component: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """A component with the values of properties that stand in components of their own."""
    properties = {
        name: values.get(value.get("$ref", "").rpartition("/")[2], value)
        for name, value in component.get("properties", {}).items()
    }
    return {**component, **({"properties": properties} if properties else {})}


def test_what_stands_once_says_the_same(schema: dict[str, Any], client: Client) -> None:
    """The schema that is served names what parts have in common once; written out, it is the one without that."""
    served = client.get("/api/v1/schema/?format=json").json()
    validate_schema(served)
    plain, short = (each["components"]["schemas"] for each in (schema, served))
    derived = {name for name, each in short.items() if "allOf" in each and not name.startswith("Paginated")}

    assert {"StaffPromotion", "CategoryDetail", "PriceListInputRequest"} <= derived
    values = short.keys() - plain.keys()
    assert plain.keys() <= short.keys()
    assert {"AttributesValue", "ProductsValue"} <= values
    for name in plain:
        assert inlined(whole(short[name], short), {each: short[each] for each in values}) == whole(
            plain[name], plain
        ), name
    needs = {key: each["security"] for key, each in by_id(schema).items()}
    assert {key: each.get("security", served["security"]) for key, each in by_id(served).items()} == needs
    assert {str(each) for each in needs.values()} > {str(served["security"])}


def test_a_page_has_rows_and_links(schema: dict[str, Any]) -> None:
    """The links are a component, and none is an example of another shop."""
    components = schema["components"]["schemas"]
    page = whole(components["PaginatedOrderSummaryList"], components)

    assert page["required"] == ["results"]
    assert page["properties"].keys() == {"count", "next", "previous", "results"}
    assert page["properties"]["next"] == {"type": "string", "nullable": True, "format": "uri"}


def test_a_parameter_says_of_its_values_what_they_dont_say_themselves(schema: dict[str, Any]) -> None:
    """Names of orderings aren't listed again; a status' label, which has other words, is."""
    described = by_id(schema)

    def description(operation: str, name: str) -> str:
        by_name = {each["name"]: each for each in parameters(schema, described[operation])}
        return str(by_name[name].get("description", ""))

    assert description("staff-products_list", "ordering") == ""
    assert "* `processing` - In preparation" in description("staff-orders_list", "stage")


def test_answers_may_hold_what_rows_may_hold(schema: dict[str, Any]) -> None:
    """Nothing where a column may be empty, however strictly it is written; null where a relation may lead nowhere."""
    components = schema["components"]["schemas"]

    assert "format" not in components["StaffCustomer"]["properties"]["email"]
    assert "pattern" in components["StaffProduct"]["properties"]["slug"]
    assert "pattern" not in components["StaffProduct"]["properties"]["tax_class"]
    assert components["PriceList"]["properties"]["converts"]["nullable"] is True
    assert "nullable" not in components["StaffProduct"]["properties"]["product_type"]


def test_a_list_within_a_resource_is_described_in_pages(schema: dict[str, Any]) -> None:
    """As it is answered."""
    answer = by_id(schema)["staff-products_images"]["responses"]["200"]["content"]["application/json"]["schema"]

    assert answer == {"$ref": "#/components/schemas/PaginatedStaffImageList"}


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


def test_both_pages_load_nothing_from_elsewhere(settings: Any) -> None:
    """Said to the browser, too; no sign-in is written down there, and Redoc's fonts are the reader's own."""
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "drf_spectacular_sidecar"]
    request = RequestFactory().get("/api/v1/docs/")
    pages = [view.as_view()(request).render() for view in (DocsView, RedocView)]

    assert {"docs", "redoc"} <= {pattern.name for pattern in Router().urls}
    for page in pages:
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert "fonts.googleapis" not in page.content.decode()
        assert "/api/v1/schema/" in page.content.decode()
    assert '"persistAuthorization": false' in pages[0].content.decode()
    assert "/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js" in pages[1].content.decode()


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
        assert [code for code in described if int(code) < 400] == [str(status)], (method, address)
        assert "schema" in described[str(status)]["content"]["application/json"]


def test_only_what_makes_something_is_documented_as_created(schema: dict[str, Any]) -> None:
    """A dry run makes nothing; its answer is 200."""
    described = schema["paths"]["/api/v1/staff/dry-run/"]["post"]["responses"]

    assert [code for code in described if int(code) < 400] == ["200"]


def test_texts_and_truths_that_are_sent_are_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """DRF turns a number into text and a word into yes or no; what any call takes, those of later releases too, doesn't."""
    lax: set[str] = set()
    described = DirectedSchema._map_serializer_field

    def note(self: Any, field: Any, direction: Any, bypass_extensions: Any = None) -> Any:
        is_lax = type(field) in (serializers.CharField, serializers.BooleanField)
        if direction == "request" and is_lax and type(field.parent).__module__.startswith("tradepost."):
            lax.add(f"{type(field.parent).__name__}.{field.field_name}")
        return described(self, field, direction, bypass_extensions)

    monkeypatch.setattr(DirectedSchema, "_map_serializer_field", note)
    Generator().get_schema(public=True)

    assert lax == set()


@pytest.mark.django_db
def test_a_number_is_no_text(client: Client) -> None:
    """Refused by the field's name; nothing is made."""
    answer = client.post("/api/v1/baskets/", {"country": 49}, content_type="application/json")

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "country")
    assert not Basket.objects.exists()
