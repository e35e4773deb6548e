"""The replaced project's changes beside its models are seen wherever it matters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.api.test_schema import whole
from tradepost.basket import services as baskets
from tradepost.catalogue.models import Variant
from tradepost.checkout import services as checkout
from tradepost.core.actors import Actor, By
from tradepost.customers.models import Customer, CustomerGroup
from tradepost.orders import services
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token
from tradepost.payments.models import Payment
from tradepost.shipping.models import FlatRate
from tradepost.testing import Scenario
from tradepost.testing import factories as make

pytestmark = [pytest.mark.replaced, pytest.mark.django_db]

HOME = {"name": "Ada Byron", "line1": "Main St 1", "city": "Berlin", "postcode": "10115", "country": "DE"}
PO_BOX = {**HOME, "line1": "PO Box 12"}


@pytest.fixture
def novel() -> Variant:
    """A book for 20.00, ten in stock; parcels are free."""
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal(0))
    book = make.product(name="Emma", slug="emma", isbn="9780141439587")
    return make.variant(product=book, sku="EMMA", price="20.00", on_hand=10)


@pytest.fixture
def teacher() -> Client:
    """Signed in."""
    user = get_user_model().objects.create_user("anna", email="anna@example.com", password="secret")
    group = CustomerGroup.objects.create(code="teachers", name="Teachers")
    Customer.objects.create(user=user, email=user.email).groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def api(client: Client, path: str, data: Any = None, *, method: str = "") -> Any:
    """The answer to a call of the API, as JSON."""
    method = method or ("get" if data is None else "post")
    return getattr(client, method)(f"/api/v1/{path}", data, content_type="application/json").json()


def buy(client: Client, address: dict[str, str]) -> Any:
    """The answer to an order of one novel over the API."""
    basket = api(client, "baskets/", {})["uuid"]
    api(client, f"baskets/{basket}/lines/", {"variant": "EMMA", "quantity": 1})
    data = {"email": "ada@example.com", "shipping_address": address, "shipping_method": "parcel"}
    api(client, f"baskets/{basket}/checkout/", {**data, "payment_method": "account"}, method="patch")
    total = {"amount": "20.00", "currency": "EUR"}
    return api(client, f"baskets/{basket}/checkout/complete/", {"expected_total": total})


def test_the_pricer_prices_lists_pages_and_baskets(novel: Variant, teacher: Client) -> None:
    """Teachers pay 18.00 and read that it was 20.00; everybody else pays 20.00."""
    [card] = api(teacher, "products/")["results"]
    assert (card["price"]["amount"], card["was"]["amount"]) == ("18.00", "20.00")
    assert api(teacher, "products/emma/")["variants"][0]["price"]["amount"] == "18.00"
    assert "18.00" in teacher.get("/products/emma/").content.decode()
    basket = api(teacher, "basket/lines/", {"variant": "EMMA", "quantity": 2})
    assert basket["totals"]["total"] == {"amount": "36.00", "currency": "EUR"}

    assert api(Client(), "products/")["results"][0]["price"]["amount"] == "20.00"
    assert "18.00" not in Client().get("/products/emma/").content.decode()


def test_the_pricer_is_named_by_explanations(novel: Variant, teacher: Client) -> None:
    """The source of the price is on the line."""
    api(teacher, "basket/lines/", {"variant": "EMMA", "quantity": 1})
    basket = baskets.basket_of(Customer.objects.get())
    [entry] = [entry for entry in baskets.totals(basket).trail if entry.rule == "teachers"]
    assert entry.after == Decimal("18.00")


def test_the_step_takes_the_place_of_ours(novel: Variant) -> None:
    """It asks for an address as ours does, and refuses one that its van can't reach."""
    basket = baskets.open_basket()
    baskets.add(basket, novel)

    def missing() -> set[str]:
        return {
            requirement.code
            for requirement in checkout.look(basket).requirements
            if requirement.attr == "shipping_address"
        }

    assert missing() == {"shipping_address_missing"}
    checkout.update(basket, shipping_address=PO_BOX)
    assert missing() == {"address_is_a_po_box"}
    checkout.update(basket, shipping_address=HOME)
    assert missing() == set()


def test_the_step_refuses_in_the_api(novel: Variant) -> None:
    """With its own code and sentence, and nothing is placed."""
    answer = buy(Client(), PO_BOX)

    [error] = answer["errors"]
    assert (error["code"], error["detail"]) == ("requirements_unmet", "Our van can't deliver to a PO box.")
    [unmet] = answer["context"]["requirements"]
    assert (unmet["code"], unmet["attr"]) == ("address_is_a_po_box", "shipping_address")
    assert not Order.objects.exists()


def test_the_step_refuses_in_the_storefront(novel: Variant) -> None:
    """The form with the address says it, and the next step isn't opened."""
    client = Client()
    client.post("/basket/add/", {"sku": "EMMA", "quantity": 1})
    values = {f"shipping-{name}": value for name, value in PO_BOX.items()}

    page = client.post("/checkout/details/", {"email": "ada@example.com", **values}, follow=True)

    assert "Our van can&#x27;t deliver to a PO box." in page.content.decode()
    assert page.context["step"] == "details"


def test_the_gateway_is_offered_and_takes_the_money(novel: Variant) -> None:
    """Up to its limit; a paid order and a payment of the shop's own method come of it."""
    done = buy(Client(), HOME)

    order = Order.objects.get()
    assert (done["order"]["payment_status"], order.status) == ("paid", "confirmed")
    assert list(Payment.objects.values_list("method", "amount", "status")) == [
        ("account", Decimal("20.0000"), "captured")
    ]


def test_the_gateway_says_why_it_is_not_on_offer(novel: Variant) -> None:
    """Thirty novels are more than the account's limit."""
    client = Client()
    basket = api(client, "baskets/", {})["uuid"]
    make.stock(variant := make.variant(price="20.00"), on_hand=30)
    api(client, f"baskets/{basket}/lines/", {"variant": variant.sku, "quantity": 30})
    [method] = api(client, f"baskets/{basket}/checkout/")["payment_methods"]
    assert method["reason"] == "Schools buy on account up to 500.00 EUR."


def test_serializers_count_where_they_are_nested(novel: Variant) -> None:
    """The order in the answer to a purchase has the project's field, as the order's own page and the product's."""
    done = buy(Client(), HOME)
    assert done["order"]["gift_message"] == ""
    assert api(Client(), "products/emma/")["isbn"] == "9780141439587"


def test_the_viewset_has_a_call_of_its_own(novel: Variant) -> None:
    """It writes the card, which is then read in the API, on the storefront's page and in the admin's list."""
    done = buy(client := Client(), HOME)
    order = Order.objects.get()

    answer = api(client, f"orders/{order.number}/gift/?token={done['token']}", {"gift_message": "For Ada"})

    assert answer["gift_message"] == Order.objects.get().gift_message == "For Ada"
    page = client.get(f"/orders/{order.number}/?token={access_token(order)}", follow=True).content.decode()
    assert "The card says: For Ada" in page
    assert api(client, f"orders/{order.number}/gift/", {"gift_message": "x"})["errors"][0]["code"] == "order_not_found"


def test_the_schema_tells_of_the_projects_parts() -> None:
    """Its call and its fields."""
    schema = Client().get("/api/v1/schema/?format=json").json()
    components = schema["components"]["schemas"]
    assert "/api/v1/orders/{number}/gift/" in schema["paths"]
    assert "gift_message" in whole(components["Order"], components)["properties"]
    assert "isbn" in whole(components["Product"], components)["properties"]


def test_the_admin_class_takes_the_place_of_ours(admin_client: Client) -> None:
    """A column and a word to search for, beside all of ours."""
    order = Scenario().basket().paid()
    Order.objects.filter(pk=order.pk).update(gift_message="For Ada")
    listed = reverse("admin:tradepost_orders_order_changelist")

    assert "For Ada" in admin_client.get(listed).content.decode()
    assert order.number in admin_client.get(f"{listed}?q=for+ada").content.decode()
    assert order.number not in admin_client.get(f"{listed}?q=for+bob").content.decode()


def test_the_template_adds_to_ours(novel: Variant) -> None:
    """The ISBN stands below the description; the rest is as it was."""
    page = Client().get("/products/emma/").content.decode()
    assert '<p class="isbn">ISBN 978-0141439587</p>' in page
    assert "Emma" in page


def test_the_view_answers_for_a_refused_button_too(novel: Variant) -> None:
    """The page of the project comes with the refusal."""
    page = Client().post("/basket/add/", {"sku": "EMMA", "quantity": 0})

    assert (page.status_code, page.context["isbn"]) == (422, "978-0141439587")


def test_the_page_of_the_checkout_lives_to_the_end_of_the_order(novel: Variant, admin_client: Client) -> None:
    """From the form to the order, the page that its customer sees, the API and the admin's search."""
    client = Client()
    client.post("/basket/add/", {"sku": "EMMA", "quantity": 1})
    given = {f"shipping-{name}": value for name, value in HOME.items()}
    client.post("/checkout/details/", {"email": "ada@example.com", **given})
    client.post("/checkout/delivery/", {"method": "parcel"})
    asked = client.post("/checkout/payment/", {"method": "account"}, follow=True)
    assert asked.context["step"] == "gift-message"
    last = client.post("/checkout/gift-message/", {"message": "For Ada"}, follow=True)
    assert last.context["step"] == "review"
    assert "“For Ada”" in last.content.decode()
    form = {"basket": str(last.context["basket"].uuid), "total": str(last.context["total"]), "currency": "EUR"}

    done = client.post("/checkout/place/", form, follow=True)

    order = Order.objects.get()
    assert (order.status, order.gift_message) == ("confirmed", "For Ada")
    assert "The card says: For Ada" in done.content.decode()
    answer = api(Client(), f"orders/{order.number}/?token={access_token(order)}")
    assert answer["gift_message"] == "For Ada"
    listed = reverse("admin:tradepost_orders_order_changelist")
    assert order.number in admin_client.get(f"{listed}?q=for+ada").content.decode()


def test_who_buys_no_book_is_asked_for_no_card(novel: Variant) -> None:
    """The page isn't there."""
    mug = make.variant(sku="MUG", price="5.00", on_hand=3)
    client = Client()
    client.post("/basket/add/", {"sku": mug.sku, "quantity": 1})

    steps = client.get("/checkout/").context["steps"]
    assert [step.key for step in steps] == ["details", "delivery", "payment", "review"]


def checked_order() -> Order:
    """Paid, and looked at by two people."""
    order = Scenario().basket().paid()
    return services.apply(order, "check_twice", by=By(Actor.STAFF, label="anna"))  # type: ignore[return-value]


def test_a_new_state_is_told_by_the_api() -> None:
    """The order's own page and the schema know it; who has the order may filter by it."""
    order = checked_order()

    answer = api(Client(), f"orders/{order.number}/?token={access_token(order)}")
    schemas = Client().get("/api/v1/schema/?format=json").json()["components"]["schemas"]

    assert (answer["status"], answer["stage"]) == ("checked", "checked")
    assert "checked" in schemas["OrderStatus"]["enum"]
    assert "checked" in schemas["OrderStage"]["enum"]


def test_a_new_state_is_filtered_by(teacher: Client) -> None:
    """In the customer's own list."""
    order = checked_order()
    Order.objects.filter(pk=order.pk).update(customer=Customer.objects.get())

    assert [result["number"] for result in api(teacher, "orders/?status=checked")["results"]] == [order.number]
    assert api(teacher, "orders/?status=confirmed")["results"] == []


def test_a_new_state_is_read_by_people(admin_client: Client) -> None:
    """By its label, in the storefront and in the admin, which filters by it and offers the next step."""
    order = checked_order()

    shop = Client().get(f"/orders/{order.number}/?token={access_token(order)}", follow=True).content.decode()
    listed = admin_client.get(reverse("admin:tradepost_orders_order_changelist")).content.decode()
    page = admin_client.get(reverse("admin:tradepost_orders_order_change", args=[order.pk])).content.decode()

    assert "Checked by two people" in shop
    assert "?status__exact=checked" in listed
    assert listed.count("Checked by two people") == 2  # the filter and the row
    assert "Start processing" in page
