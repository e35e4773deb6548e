"""A project's own views and pages of the checkout, in the place of ours and beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django import forms
from django.core.checks import run_checks
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import services as checkout
from tradepost.checkout.models import Checkout
from tradepost.checkout.ports import Requirement, Situation
from tradepost.core.errors import Invalid, Misused
from tradepost.orders.models import Order
from tradepost.storefront.checkout_pages import ReviewPage
from tradepost.storefront.conf import StorefrontSettings
from tradepost.storefront.forms import PlaceForm
from tradepost.storefront.ports import CheckoutPage
from tradepost.storefront.routers import Router
from tradepost.storefront.views.basket import BasketView
from tradepost.storefront.views.products import ProductView
from tradepost.testing.contracts import CheckoutPageContract

from .conftest import Visitor

HERE = __name__
PAGES = StorefrontSettings().CHECKOUT_PAGES
STEPS = "tradepost.checkout.steps"


class LoudProductView(ProductView):
    """Says one thing more."""

    def get_context(self, **facts: Any) -> dict[str, Any]:
        return {**super().get_context(**facts), "slogan": "Mugs for ever"}


class LoudBasketView(BasketView):
    """Has a title of its own."""

    def get_context(self, **facts: Any) -> dict[str, Any]:
        return super().get_context(slogan="Fill me", **facts)


def about(request: HttpRequest) -> HttpResponse:
    """A page that the shop hasn't."""
    return HttpResponse("About us")


class GiftForm(forms.Form):
    """A few words."""

    message = forms.CharField(max_length=20, required=False)


class GiftPage(CheckoutPage):
    """Asked once, and never required."""

    key = "gift-message"
    title = "A few words to go with it"
    form_class = GiftForm

    def is_done(self, view: checkout.CheckoutView) -> bool:
        return "gift_message" in view.basket.metadata

    def get_initial(self, request: HttpRequest, view: checkout.CheckoutView) -> Mapping[str, Any]:
        return {"message": view.basket.metadata.get("gift_message", "")}

    def save(self, basket: AbstractBasket, data: Mapping[str, Any]) -> checkout.CheckoutView:
        return checkout.update(basket, metadata={"gift_message": data["message"]})


class AgeForm(forms.Form):
    """A box to tick."""

    adult = forms.BooleanField(label="I am 18 or older", required=False)


class AgePage(CheckoutPage):
    """A consent of the shop's own."""

    key = "age"
    title = "Your age"
    form_class = AgeForm
    requirements = ("consents.age",)

    def save(self, basket: AbstractBasket, data: Mapping[str, Any]) -> checkout.CheckoutView:
        return checkout.update(basket, consents={"age": "18" if data["adult"] else None})


def is_adult(situation: Situation) -> Iterator[Requirement]:
    """The requirement that the page answers."""
    if situation.checkout.consents.get("age") != "18":
        yield Requirement("age_unknown", "You must be 18 to buy this.", "consents.age")


class StrictPlaceForm(PlaceForm):
    """One more box on the last page."""

    sure = forms.BooleanField()


class StrictReviewPage(ReviewPage):
    """Has that box."""

    form_class = StrictPlaceForm


class UnnamedPage(GiftPage):
    """Has a key that an address can't have."""

    key = "Gift message"


class SilentPage(CheckoutPage):
    """Keeps nothing of what its form says."""

    key = "silent"
    form_class = GiftForm


def test_a_view_is_replaced_wherever_its_page_is_shown(own_urls: Router, guest: Visitor, mug: Variant) -> None:
    """Also where another address answers with it; the names stay."""
    own_urls.replace("product", LoudProductView)
    own_urls.replace("basket", LoudBasketView)

    assert guest.get("/products/mug/").context["slogan"] == "Mugs for ever"
    guest.post("/basket/add/", {"sku": "MUG", "quantity": 0})
    assert (guest.page.status_code, guest.page.context["slogan"]) == (422, "Mugs for ever")
    guest.add(mug)
    guest.post("/basket/coupon/", {"code": "NONE"})
    assert (guest.page.status_code, guest.page.context["slogan"]) == (409, "Fill me")
    assert guest.page.context["on"] == "coupon"
    assert reverse("tradepost:product", args=["mug"]) == "/products/mug/"


def test_a_page_that_is_no_view_of_ours_doesnt_stop_the_others(own_urls: Router, guest: Visitor, mug: Variant) -> None:
    """A refusal needs our page then."""
    own_urls.replace("product", lambda request, slug: HttpResponse(f"All about {slug}"))

    assert guest.get("/products/mug/").content == b"All about mug"
    guest.post("/basket/add/", {"sku": "MUG", "quantity": 0})
    assert (guest.page.status_code, guest.page.context["quantity"]) == (422, 1)
    assert "Ensure this value is greater than or equal to 1." in guest.text


def test_addresses_are_added_and_dropped(own_urls: Router, guest: Visitor) -> None:
    """An added one comes before ours, so that no pattern of ours hides it."""
    own_urls.add("about", "products/about/", about)
    own_urls.drop("register")

    assert guest.get("/products/about/").content == b"About us"
    assert reverse("tradepost:about") == "/products/about/"
    assert guest.get("/account/register/").status_code == 404


def test_an_address_that_isnt_there_is_named(own_urls: Router) -> None:
    """With those that are."""
    with pytest.raises(Misused, match=r"The shop has no address 'prodct'; there are: .*basket, basket_add"):
        own_urls.replace("prodct", LoudProductView)
    with pytest.raises(Misused, match="no address"):
        own_urls.drop("prodct")
    with pytest.raises(Misused, match=r"replace\(\)"):
        own_urls.add("product", "p/<slug:slug>/", LoudProductView)


def test_a_replaced_view_stays_outside_the_requests_transaction() -> None:
    """It is the address that calls a provider, whoever answers there."""
    router = Router()
    router.replace("cancel", about)
    router.add("quote", "quote/", about, is_outside_transactions=True)

    urls = {url.name: url.callback for url in router.urls}
    assert urls["cancel"]._non_atomic_requests == {"default"}
    assert urls["quote"]._non_atomic_requests == {"default"}


def test_a_gift_message_lives_to_the_end_of_its_order(guest: Visitor, mug: Variant, settings: Any) -> None:
    """Asked for between delivery and payment, once; then it stands on the order, and in the basket that is taken back."""
    settings.TRADEPOST_STOREFRONT = {
        "COUNTRY": "DE",
        "CHECKOUT_PAGES": (*PAGES[:2], f"{HERE}.GiftPage", *PAGES[2:]),
    }
    guest.add(mug)
    guest.post("/checkout/details/", _details())
    guest.post("/checkout/delivery/", {"method": "parcel"})

    assert guest.page.context["step"] == "gift-message"
    assert "A few words to go with it" in guest.text
    guest.post("/checkout/gift-message/", {"message": "x" * 21})
    assert (guest.page.status_code, guest.page.context["step"]) == (422, "gift-message")
    assert guest.page.context["form"].errors.keys() == {"message"}
    assert Basket.objects.get().metadata == {}
    guest.post("/checkout/gift-message/", {"message": "For Ada"})
    assert guest.page.context["step"] == "payment"
    guest.post("/checkout/payment/", {"method": "transfer"})
    assert guest.page.context["step"] == "review"
    assert guest.get("/checkout/?step=gift-message").context["form"].initial == {"message": "For Ada"}
    guest.get("/checkout/")
    guest.place()

    order = Order.objects.get()
    assert order.metadata == {"gift_message": "For Ada"}
    guest.post(f"/orders/{order.number}/reopen/")
    assert Basket.objects.get().metadata == {"gift_message": "For Ada"}
    assert Order.objects.get().metadata == {"gift_message": "For Ada"}


def test_a_consent_of_the_shops_own_survives_the_last_page(guest: Visitor, mug: Variant, settings: Any) -> None:
    """The terms are accepted beside it; the order's history holds both."""
    settings.TRADEPOST_CHECKOUT = {"TERMS_VERSION": "7", "STEPS": (*_steps(), f"{HERE}.is_adult")}
    settings.TRADEPOST_STOREFRONT = {"COUNTRY": "DE", "CHECKOUT_PAGES": (f"{HERE}.AgePage", *PAGES)}
    guest.add(mug)

    guest.post("/checkout/details/", _details())
    assert guest.page.context["step"] == "age"
    guest.post("/checkout/age/", {})
    assert (guest.page.status_code, guest.page.context["problem"]["on"]) == (422, "age")
    assert "You must be 18 to buy this." in guest.text
    guest.post("/checkout/age/", {"adult": "1"})
    guest.say(method="transfer")
    guest.place()
    assert not Order.objects.exists()  # the terms weren't accepted
    assert Checkout.objects.get().consents == {"age": "18"}
    guest.place({**guest.order_form(), "terms": "1"})

    assert Checkout.objects.get().consents == {"age": "18", "terms": "7"}
    placed = Order.objects.get().events.get(kind="place")
    assert placed.facts["consents"] == {"age": "18", "terms": "7"}


def test_consents_merge_by_key(db: None, mug: Variant) -> None:
    """Consents that aren't named stay, None takes one back, and there is an end to it."""
    basket = make_basket(mug)
    checkout.update(basket, consents={"terms": "3", "age": "18"})

    checkout.update(basket, consents={"terms": "4"})
    assert Checkout.objects.get().consents == {"terms": "4", "age": "18"}
    checkout.update(basket, consents={"terms": None})
    assert Checkout.objects.get().consents == {"age": "18"}
    with pytest.raises(Invalid) as refused:
        checkout.update(basket, consents={str(number): "1" for number in range(50)})
    assert refused.value.context["attr"] == "consents"
    assert Checkout.objects.get().consents == {"age": "18"}


@pytest.mark.parametrize(
    "wrong", [{"a": object()}, {"a": float("nan")}, {"a": "x" * 20_000}, {"a": "\0"}, {"x" * 81: 1}]
)
def test_metadata_that_cant_be_kept_is_refused(db: None, mug: Variant, wrong: dict[str, Any]) -> None:
    """And what is kept stays."""
    basket = make_basket(mug)
    checkout.update(basket, metadata={"colour": "red", "size": [1, 2]})
    checkout.update(basket, metadata={"size": None})

    with pytest.raises(Invalid) as refused:
        checkout.update(basket, email="other@example.com", metadata=wrong)

    assert refused.value.context["attr"] == "metadata"
    assert Basket.objects.get().metadata == {"colour": "red"}
    assert Checkout.objects.get().email == ""


def test_the_last_page_may_ask_for_more(guest: Visitor, mug: Variant, settings: Any) -> None:
    """Its own form is checked before anything is placed."""
    settings.TRADEPOST_STOREFRONT = {"COUNTRY": "DE", "CHECKOUT_PAGES": (*PAGES[:3], f"{HERE}.StrictReviewPage")}
    guest.add(mug)
    guest.say(method="transfer")

    guest.place()
    assert guest.page.status_code == 422
    assert guest.page.context["form"].errors.keys() == {"sure"}
    assert not Order.objects.exists()
    guest.place({**guest.order_form(), "sure": "1"})
    assert Order.objects.get().status == "pending"


def test_a_page_that_isnt_declared_isnt_there(guest: Visitor, mug: Variant, settings: Any) -> None:
    """Neither an unknown one, nor one that the shop left out, nor the last."""
    guest.add(mug)
    assert guest.post("/checkout/gift-message/", {"message": "hm"}).status_code == 404
    assert guest.get("/checkout/review/").status_code == 404

    settings.TRADEPOST_STOREFRONT = {"COUNTRY": "DE", "CHECKOUT_PAGES": (PAGES[0], *PAGES[2:])}
    assert guest.post("/checkout/delivery/", {"method": "parcel"}).status_code == 404


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        ((*PAGES, f"{HERE}.GiftPage"), "the last page, and no other, places the order"),
        (PAGES[:-1], "the last page, and no other, places the order"),
        ((), "the last page, and no other, places the order"),
        ((PAGES[0], *PAGES), "two pages have the key 'details'"),
        ((f"{HERE}.UnnamedPage", *PAGES), "UnnamedPage can't have the key 'Gift message'"),
        ((f"{HERE}.SilentPage", *PAGES), "SilentPage has a form and no save()"),
    ],
)
def test_wrong_pages_are_told_at_start_up(settings: Any, pages: tuple[str, ...], message: str) -> None:
    """Before anybody meets them, with what to write."""
    settings.TRADEPOST_STOREFRONT = {"CHECKOUT_PAGES": pages}

    [error] = [error for error in run_checks() if error.id == "tradepost.E853"]
    assert message in error.msg
    assert error.hint


def test_a_page_that_cant_be_imported_is_told(settings: Any) -> None:
    """As every port."""
    settings.TRADEPOST_STOREFRONT = {"CHECKOUT_PAGES": ("tradepost.storefront.checkout_pages.DetailPage",)}

    [error] = [error for error in run_checks() if error.id in {"tradepost.E850", "tradepost.E853"}]
    assert error.hint == 'Did you mean "tradepost.storefront.checkout_pages.DetailsPage"?'


def _details() -> dict[str, str]:
    from .conftest import DETAILS

    return DETAILS


def _steps() -> tuple[str, ...]:
    from tradepost.checkout.conf import CheckoutSettings

    return tuple(CheckoutSettings().STEPS)


def make_basket(variant: Variant) -> Basket:
    """With one unit."""
    from tradepost.basket import services as baskets

    basket: Any = baskets.open_basket()
    baskets.add(basket, variant, 1)
    return basket


def test_the_api_keeps_consents_by_key_too(client: Client, mug: Variant) -> None:
    """Null takes one back."""
    address = f"/api/v1/baskets/{make_basket(mug).uuid}/checkout/"

    def say(consents: dict[str, str | None]) -> Any:
        return client.patch(address, {"consents": consents}, content_type="application/json").json()["consents"]

    assert say({"age": "18"}) == {"age": "18"}
    assert say({"terms": "7"}) == {"age": "18", "terms": "7"}
    assert say({"age": None}) == {"terms": "7"}


@pytest.mark.django_db
class TestGiftPage(CheckoutPageContract):
    """The page of these tests keeps the contract."""

    def make_page(self) -> CheckoutPage:
        return GiftPage()
