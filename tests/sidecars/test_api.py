"""Sidecars in the API: for whom they are, and that they cost no query."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.api.test_schema import whole
from tradepost.core.db import forget_prepared
from tradepost.core.extending import exposed_fields
from tradepost.customers.services import customer_for
from tradepost.orders.tokens import access_token
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

pytestmark = [pytest.mark.sidecars, pytest.mark.django_db]
BOOK = {"book_author": "Thomas Mann", "book_pages": 736, "series": "Classics"}
NO_BOOK = {"book_author": None, "book_pages": None, "series": None}
WINE = {"wine_vintage": 2021, "wine_region": "Rheingau", "wine_alcohol": "12.50"}
NO_WINE = {"wine_vintage": None, "wine_region": None, "wine_alcohol": None}


def get(client: Client, path: str) -> Any:
    """The answer, and how many queries it took."""
    client.get(f"/api/v1/{path}")  # what is loaded once for a process is loaded
    with count_queries() as sent:
        answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json(), len(sent)


def test_two_plugins_are_read_side_by_side(client: Client, novel: Any, riesling: Any) -> None:
    """In lists and on the product's own page; a product without a sidecar has nulls."""
    result, _ = get(client, "products/?ordering=name")
    page, _ = get(client, "products/buddenbrooks/")

    assert [card["extra"] for card in result["results"]] == [{**BOOK, **NO_WINE}, {**NO_BOOK, **WINE}]
    assert page["extra"] == {**BOOK, **NO_WINE}
    assert page["variants"][0]["extra"] == {"edition_binding": "hard"}


@pytest.mark.parametrize(("path", "cost"), [("products/", 1), ("products/buddenbrooks/", 2)])
def test_a_kept_answer_is_never_older_than_a_sidecar(
    client: Client, novel: Any, riesling: Any, settings: Any, path: str, cost: int
) -> None:
    """Its table is watched where a field of it is exposed."""
    settings.TRADEPOST_API = {"CACHE": "default"}
    assert get(client, path)[1] == cost

    type(novel.book).objects.update(pages=737)
    body = client.get(f"/api/v1/{path}").json()
    assert (body.get("results", [body])[-1]["extra"]["book_pages"], get(client, path)[1]) == (737, cost)


@pytest.mark.parametrize("path", ["products/", "products/?pagination=cursor", "products/buddenbrooks/"])
def test_they_cost_no_query(
    client: Client, novel: Any, riesling: Any, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """With and without declarations it is the same number, whatever the number of products."""
    for _ in range(5):
        make.variant(product=make.product(), price="1.00")
    body, with_them = get(client, path)
    monkeypatch.setattr(exposed_fields, "_declared", {})
    forget_prepared()
    bare, without = get(client, path)

    assert with_them == without
    assert "extra" in (body.get("results") or [body])[0]
    assert "extra" not in (bare.get("results") or [bare])[0]


def test_each_level_is_kept(client: Client, member: Client, clerk: Client, novel: Any) -> None:
    """The ISBN is the customers', the shelf the staff's."""
    boss = Client()
    boss.force_login(get_user_model().objects.create_superuser("boss"))

    def seen(by: Client) -> dict[str, Any]:
        extra: dict[str, Any] = get(by, "products/buddenbrooks/")[0]["extra"]
        return {name: extra[name] for name in ("book_isbn", "book_shelf") if name in extra}

    assert seen(client) == {}
    assert seen(member) == {"book_isbn": "9783103970043"}
    assert seen(clerk) == seen(boss) == {"book_isbn": "9783103970043", "book_shelf": "A 12"}


def test_lists_are_filtered_by_a_column(client: Client, clerk: Client, novel: Any, riesling: Any) -> None:
    """By its type; a value that can't be is refused; a field that isn't theirs is no filter."""

    def slugs(query: str, by: Client = client) -> list[str]:
        return [card["slug"] for card in get(by, f"products/?ordering=name&{query}")[0]["results"]]

    assert slugs("extra.book_pages=736") == ["buddenbrooks"]
    assert slugs("extra.book_pages=737") == []
    assert slugs("extra.wine_vintage=2021&search=riesling") == ["riesling"]
    assert slugs("extra.series=Classics") == ["buddenbrooks"]
    assert slugs("extra.book_shelf=B") == ["buddenbrooks", "riesling"]
    assert slugs("extra.book_shelf=B", by=clerk) == []
    refused = client.get("/api/v1/products/?extra.book_pages=many").json()
    assert refused["errors"][0]["attr"] == "extra.book_pages"


def test_words_are_looked_for_beside_products_and_variants(client: Client, clerk: Client, novel: Any) -> None:
    """In what is public; the shelf is found by nobody in the shop."""

    def count(word: str, by: Client = client) -> int:
        return int(get(by, f"products/?search={word}")[0]["count"])

    assert [count(word) for word in ("mann", "classics", "hard", "rheingau")] == [1, 1, 1, 0]
    assert (count("A 12"), count("A 12", by=clerk)) == (0, 0)


def test_a_basket_and_its_lines(client: Client, novel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The customers' fields are read by the guest whose basket it is."""
    from tests.projects.sidecars.wine.models import Crate, Wish
    from tradepost.basket.models import Basket

    uuid = client.post("/api/v1/baskets/", {}, content_type="application/json").json()["uuid"]
    client.post(f"/api/v1/baskets/{uuid}/lines/", {"variant": "TM-1"}, content_type="application/json")
    basket = Basket.objects.get()
    Crate.objects.create(basket=basket, is_gift=True)
    Wish.objects.create(line=basket.lines.get(), text="Gift wrap")

    body, _ = get(client, f"baskets/{uuid}/")
    changed = client.patch(f"/api/v1/baskets/{uuid}/", {"country": "DE"}, content_type="application/json").json()
    _, with_them = get(client, f"baskets/{uuid}/")
    monkeypatch.setattr(exposed_fields, "_declared", {})
    forget_prepared()
    _, without = get(client, f"baskets/{uuid}/")

    assert body["extra"] == changed["extra"] == {"crate_is_gift": True}
    assert body["lines"][0]["extra"] == {"wish_text": "Gift wrap"}
    assert with_them == without


def test_an_order_and_its_lines(client: Client, member: Client, novel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its token, and among one's own, which are filtered by it."""
    from tests.projects.sidecars.wine.models import AgeCheck, Label

    customer = customer_for(get_user_model().objects.get(username="anna"))
    order, guests = make.order(customer_id=customer.pk), make.order()
    for entry in (order, guests):
        AgeCheck.objects.create(order=entry, is_adult=entry is order, checked_by="clerk")
        Label.objects.create(line=entry.lines.get(), text="For Anna")
    token = access_token(guests)

    mine, with_them = get(member, f"orders/{order.number}/")
    theirs, _ = get(client, f"orders/{guests.number}/?token={token}")
    result, of_list = get(member, "orders/?extra.age_check_is_adult=true")
    none, _ = get(member, "orders/?extra.age_check_is_adult=false")
    monkeypatch.setattr(exposed_fields, "_declared", {})
    forget_prepared()

    assert mine["extra"] == result["results"][0]["extra"] == {"age_check_is_adult": True}
    assert mine["lines"][0]["extra"] == {"label_text": "For Anna"}
    assert theirs["extra"] == {"age_check_is_adult": False}
    assert none["results"] == []
    assert get(member, f"orders/{order.number}/")[1] == with_them
    assert get(member, "orders/")[1] == of_list


def test_the_schema_knows_their_types(client: Client) -> None:
    """From the model fields; only what is public is always there."""
    import yaml

    schema = yaml.safe_load(client.get("/api/v1/schema/").content)
    parts = schema["components"]["schemas"]
    stated = [p for p in schema["paths"]["/api/v1/products/"]["get"]["parameters"] if "$ref" not in p]
    listed = {p["name"]: p["schema"] for p in stated}

    product = parts["ProductExtra"]
    assert whole(parts["Product"], parts)["properties"]["extra"]["$ref"].endswith("/ProductExtra")
    assert product["properties"]["book_pages"]["type"] == ["integer", "null"] or (
        product["properties"]["book_pages"]["type"] == "integer" and product["properties"]["book_pages"]["nullable"]
    )
    assert product["properties"]["wine_region"]["title"] == "Grown in"
    assert "book_pages" in product["required"]
    assert "book_shelf" in product["properties"]
    assert "book_shelf" not in product["required"]
    assert listed["extra.book_pages"]["type"] == "integer"
    assert {"ProductExtra", "VariantExtra", "BasketExtra", "BasketLineExtra", "OrderExtra", "OrderLineExtra"} <= {
        *parts
    }


def test_customers_read_what_is_said_of_them(member: Client) -> None:
    """Notes for staff aren't shown; without a sidecar there is null, by as many queries."""
    from tests.projects.sidecars.wine.models import Taste

    bare, without = get(member, "auth/me/")
    Taste.objects.create(customer=customer_for(get_user_model().objects.get(username="anna")), likes="Dry")
    result, with_it = get(member, "auth/me/")

    assert (bare["extra"], result["extra"]) == ({"taste_likes": None}, {"taste_likes": "Dry"})
    assert with_it == without
