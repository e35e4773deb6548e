"""Declared fields: what a wrong declaration is told, and keys of metadata on every surface."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from tradepost import browse
from tradepost.core.errors import Misused
from tradepost.core.extending import exposed_fields
from tradepost.core.extending.exposed_fields import (
    CUSTOMER,
    PUBLIC,
    STAFF,
    expose,
    exposed_of,
)
from tradepost.testing import factories as make

PRODUCT = "tradepost_catalogue.Product"
BASKET = "tradepost_basket.Basket"
GUEST = browse.Visitor(currency="EUR")


@pytest.fixture(autouse=True)
def _nothing_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposed_fields, "_declared", {})


def told() -> list[tuple[str | None, str, str | None]]:
    """Id, message and hint of what the checks say of declarations."""
    messages = run_checks(tags=["tradepost"])
    return [(m.id, m.msg, m.hint) for m in messages if m.id in {f"tradepost.E01{n}" for n in (3, 4, 5)}]


@pytest.mark.parametrize(
    ("model", "path", "message", "hint"),
    [
        ("tradepost_catalogue.Prodct", "name", "there is no model", "Did you mean 'tradepost_catalogue.Product'?"),
        ("product", "name", "there is no model 'product'", None),
        (PRODUCT, "barnd", "has no field 'barnd'", "Did you mean 'brand'?"),
        (PRODUCT, "tags", "is a relation; only columns", None),
        (PRODUCT, "variants__sku", "'variants' is not a one-to-one relation", None),
        (PRODUCT, "metadata.a b", "a key of metadata has letters", None),
        (PRODUCT, "metadata.a__b", "a key of metadata has letters", None),
        (BASKET, "chekout__email", "has no one-to-one relation 'chekout'", "Did you mean 'checkout__email'?"),
        (BASKET, "checkout__emial", "has no field 'emial'", "Did you mean 'checkout__email'?"),
        (BASKET, "checkout__basket__uuid", "a path has a relation and a field", None),
    ],
)
def test_a_wrong_declaration_is_told_at_start_up(model: str, path: str, message: str, hint: str | None) -> None:
    """With the nearest name that would do."""
    expose(model, path)

    [(code, text, remedy)] = told()

    assert code == "tradepost.E013"
    assert message in text
    assert path in text
    assert hint is None or remedy == hint


def test_what_nobody_can_edit_is_not_exposed_for_writing() -> None:
    """Nor can lists be filtered by a whole JSON column."""
    expose(PRODUCT, "uuid", write=STAFF)
    expose(PRODUCT, "attributes", filter=True)

    assert [text.partition(": ")[2] for _, text, _ in told()] == [
        "it can't be edited, so that write must be None.",
        "lists can't be filtered by such a column.",
    ]


def test_two_fields_have_two_names() -> None:
    """The second one is told which has it; the same declaration twice is one."""
    expose(PRODUCT, "metadata.brand", read=PUBLIC)
    expose(PRODUCT, "metadata.brand", read=PUBLIC)
    expose(PRODUCT, "brand", read=PUBLIC)

    [(code, text, hint)] = told()

    assert (code, hint) == ("tradepost.E014", 'Give it another: expose(…, name="…").')
    assert "the name 'brand' is taken by 'metadata.brand'" in text


def test_a_sidecar_that_staff_write_can_be_made() -> None:
    """A required field that isn't exposed would keep them from it."""
    expose("tradepost_customers.Customer", "user__first_name", write=STAFF)

    hints = [hint for code, _, hint in told() if code == "tradepost.E015"]

    assert "Give it a default, or expose user__username with write=STAFF." in hints


@pytest.mark.parametrize("wrong", [{"read": "public"}, {"write": PUBLIC}, {"write": True}])
def test_levels_are_words_of_ours(wrong: Any) -> None:
    """A text that looks like one isn't taken: an editor would not complete it."""
    with pytest.raises(Misused, match="read is PUBLIC, CUSTOMER or STAFF"):
        expose(PRODUCT, "brand", **wrong)


def test_declarations_are_complete_without_options() -> None:
    """Staff only, to read only."""
    expose(PRODUCT, "metadata.shelf")

    [entry] = exposed_of(PRODUCT.lower())

    assert (entry.name, entry.read, entry.write, entry.search, entry.filter) == ("shelf", STAFF, None, False, False)
    assert (entry.label, entry.source, entry.lookup) == ("Shelf", "metadata.shelf", "metadata__shelf")


@pytest.mark.django_db
def test_without_declarations_the_api_is_as_ever(client: Client) -> None:
    """There is no empty ``extra``."""
    make.variant(product=make.product(slug="mug"))

    assert "extra" not in client.get("/api/v1/products/mug/").json()
    assert "extra" not in client.get("/api/v1/products/").json()["results"][0]


@pytest.mark.django_db
def test_each_reader_sees_what_is_theirs(client: Client) -> None:
    """A key of metadata is public, the customers' or the staff's; staff need the permission to view the model."""
    expose(PRODUCT, "metadata.colour", read=PUBLIC)
    expose(PRODUCT, "metadata.care", read=CUSTOMER)
    expose(PRODUCT, "metadata.supplier", read=STAFF)
    make.product(slug="mug", metadata={"colour": "blue", "supplier": "Kiln", "secret": 1})
    users = get_user_model().objects
    anna, bert = users.create_user("anna"), users.create_user("bert", is_staff=True)
    carl = users.create_user("carl", is_staff=True)
    carl.user_permissions.add(Permission.objects.get(codename="view_product"))

    def seen(user: Any = None) -> Any:
        if user is not None:
            client.force_login(user)
        page = client.get("/api/v1/products/mug/").json()["extra"]
        assert client.get("/api/v1/products/").json()["results"][0]["extra"] == page
        return page

    assert seen() == {"colour": "blue"}
    assert seen(anna) == {"colour": "blue", "care": None}
    assert seen(bert) == {"colour": "blue", "care": None}
    assert seen(carl) == {"colour": "blue", "care": None, "supplier": "Kiln"}


@pytest.mark.django_db
def test_lists_are_filtered_by_what_the_caller_may_read(client: Client) -> None:
    """Others can't find a value out by trying; the facets count what is left."""
    expose(PRODUCT, "metadata.size", read=PUBLIC, filter=True)
    expose(PRODUCT, "metadata.supplier", read=STAFF, filter=True)
    make.product(slug="mug", metadata={"size": 3, "supplier": "Kiln"})
    make.product(slug="cup", metadata={"size": "3"})
    make.product(slug="jug", metadata={"size": 4})

    def found(query: str) -> set[str]:
        return {card["slug"] for card in client.get(f"/api/v1/products/?{query}").json()["results"]}

    assert found("extra.size=3") == {"mug", "cup"}
    assert found("extra.size=5") == set()
    assert found("extra.supplier=Kiln") == {"mug", "cup", "jug"}
    client.force_login(get_user_model().objects.create_superuser("boss"))
    assert found("extra.supplier=Kiln") == {"mug"}


@pytest.mark.django_db
def test_orders_are_filtered_by_a_key(client: Client) -> None:
    """Of their buyer; a number in the address means the number and the text."""
    from tradepost.customers.services import customer_for
    from tradepost.orders.models import Order

    expose("tradepost_orders.Order", "metadata.in", read=CUSTOMER, filter=True, search=True)
    anna = get_user_model().objects.create_user("anna", email="anna@example.com")
    customer = customer_for(anna).pk
    first, second, third = (make.order(customer_id=customer) for _ in range(3))
    Order.objects.filter(pk=first.pk).update(metadata={"in": 7})
    Order.objects.filter(pk=second.pk).update(metadata={"in": "7"})
    client.force_login(anna)

    numbers = {row["number"] for row in client.get("/api/v1/orders/?extra.in=7").json()["results"]}

    assert numbers == {first.number, second.number}
    assert client.get("/api/v1/orders/").json()["count"] == 3
    assert third.number not in numbers


@pytest.mark.not_mysql  # MariaDB compares what JSON_EXTRACT gives as text, so that a number and its digits are one value
@pytest.mark.django_db
def test_the_admin_tells_a_number_from_its_digits(client: Client) -> None:
    """A filter by a key offers each value of the rows, and finds the rows with just that one."""
    from tradepost.orders.models import Order

    expose("tradepost_orders.Order", "metadata.in", read=CUSTOMER, filter=True, search=True)
    first, second = make.order(), make.order()
    Order.objects.filter(pk=first.pk).update(metadata={"in": 7})
    Order.objects.filter(pk=second.pk).update(metadata={"in": "7"})
    client.force_login(get_user_model().objects.create_superuser("boss"))

    listed = client.get(reverse("admin:tradepost_orders_order_changelist"), {"q": "7", "extra.in": '"7"'})

    assert [row.pk for row in listed.context["cl"].result_list] == [second.pk]


@pytest.mark.django_db
def test_an_answer_to_who_is_signed_in_is_not_for_caches_between(client: Client) -> None:
    """Fields that are theirs must not be kept for others."""
    make.product(slug="mug")
    assert client.get("/api/v1/products/mug/").headers["Cache-Control"] == "no-cache"

    client.force_login(get_user_model().objects.create_user("anna"))

    assert client.get("/api/v1/products/mug/").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db
def test_words_are_looked_for_in_what_the_visitor_may_read() -> None:
    """The staff's own is found in the admin only."""
    expose(PRODUCT, "metadata.colour", read=PUBLIC, search=True)
    expose(PRODUCT, "metadata.care", read=CUSTOMER, search=True)
    expose(PRODUCT, "metadata.supplier", read=STAFF, search=True)
    make.product(slug="mug", metadata={"colour": "Turquoise", "care": "Handwash", "supplier": "Kiln"})
    member = browse.Visitor(currency="EUR", customer=make.customer())

    def finds(word: str, visitor: browse.Visitor = GUEST) -> int:
        return browse.find(browse.Criteria(search=word), visitor).count()

    assert (finds("turq"), finds("handwash"), finds("kiln")) == (1, 0, 0)
    assert (finds("turq", member), finds("handwash", member), finds("kiln", member)) == (1, 1, 0)


@pytest.mark.django_db
def test_a_key_of_metadata_is_a_column_of_the_admins_list(admin_client: Client) -> None:
    """With its filter, by the values that are there, whatever their type; and it is searched."""
    expose(PRODUCT, "metadata.colour", search=True, filter=True, label="Glaze")
    make.product(name="Mug", metadata={"colour": "blue"})
    make.product(name="Cup", metadata={"colour": 7})
    make.product(name="Jug")
    url = reverse("admin:tradepost_catalogue_product_changelist")

    def listed(**query: str) -> set[str]:
        return {row.name for row in admin_client.get(url, query).context["cl"].result_list}

    assert "Glaze" in admin_client.get(url).content.decode()
    assert listed(q="blue") == {"Mug"}
    assert listed(**{"extra.colour": '"blue"'}) == {"Mug"}
    assert listed(**{"extra.colour": "7"}) == {"Cup"}
    assert admin_client.get(url, {"extra.colour": "nonsense"})["Location"].endswith(
        "?e=1"
    )  # the whole list, with a sentence
    assert listed(o="-8") == {"Mug", "Cup", "Jug"}
