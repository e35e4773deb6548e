"""A page of the checkout: what to write on the card that goes with a book."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from tradepost.basket.base import AbstractBasket
from tradepost.checkout import services as checkout
from tradepost.checkout.services import CheckoutView
from tradepost.storefront.ports import CheckoutPage


class GiftMessageForm(forms.Form):
    """Left empty, there is no card."""

    message = forms.CharField(label="Your message", max_length=200, required=False, widget=forms.Textarea({"rows": 3}))


class GiftMessagePage(CheckoutPage):
    """Asked once of whoever buys a book; an empty answer is one, too."""

    key = "gift-message"
    title = "A card with your gift"
    form_class = GiftMessageForm
    summary_template_name = "myshop/gift_message.html"

    def is_shown(self, view: CheckoutView) -> bool:
        return any(line.product.isbn for line in view.contents.lines)

    def is_done(self, view: CheckoutView) -> bool:
        return "gift_message" in view.basket.metadata

    def get_initial(self, request: HttpRequest, view: CheckoutView) -> Mapping[str, Any]:
        return {"message": view.basket.metadata.get("gift_message", "")}

    def save(self, basket: AbstractBasket, data: Mapping[str, Any]) -> CheckoutView:
        return checkout.update(basket, metadata={"gift_message": data["message"]})
