"""The pages of the checkout that the library brings: contact and address, delivery, payment, the order itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.checkout import services as checkout
from tradepost.checkout.conf import settings as checkout_settings
from tradepost.checkout.errors import TaxIdInvalid
from tradepost.checkout.services import CheckoutView
from tradepost.core.addresses import AddressInvalid
from tradepost.core.errors import Invalid
from tradepost.core.money import quantise
from tradepost.customers.base import AbstractCustomer

from . import payment_choice, session
from .account.consent_boxes import asked_of, language_read
from .delivery_options import ways_of
from .forms import AddressForm, ContactForm, PlaceForm, show_at_fields
from .ports import CheckoutPage, Forms

__all__ = ["DeliveryPage", "DetailsPage", "PaymentPage", "ReviewPage"]

_PARTS = "tradepost/storefront/"


class DetailsPage(CheckoutPage):
    """E-mail, and where to deliver and bill to."""

    key = "details"
    title = _("Contact and address")
    template_name = f"{_PARTS}_step_details.html"
    summary_template_name = f"{_PARTS}_said_details.html"
    requirements = ("email", "phone", "tax_id", "shipping_address", "billing_address")

    def get_context(self, request: HttpRequest, view: CheckoutView, *, is_open: bool) -> Forms:
        """Forms filled with what was said before, else with what a customer's address book says."""
        details = view.checkout
        address_book = _default_address(session.customer(request)) if is_open and not details.shipping_address else None
        country = {"country": session.country(request)}
        return {
            "contact": ContactForm(initial={"email": details.email, "phone": details.phone, "tax_id": details.tax_id}),
            "shipping_form": AddressForm(
                prefix="shipping", initial=details.shipping_address or address_book or country
            ),
            "billing_form": AddressForm(prefix="billing", initial=details.billing_address or country),
            "separate_billing": bool(details.billing_address),
        }

    def accept(self, request: HttpRequest, basket: AbstractBasket) -> CheckoutView | Forms:
        """All forms that are in use are checked, so that each shows its errors."""
        separate = bool(request.POST.get("separate_billing"))
        ships = checkout.look(basket).ships
        contact = ContactForm(request.POST)
        shipping = AddressForm(request.POST, prefix="shipping")
        billing = AddressForm(request.POST, prefix="billing")
        used = [contact, *([shipping] if ships else []), *([billing] if separate else [])]
        forms: dict[str, Any] = {"contact": contact, "shipping_form": shipping, "separate_billing": separate}
        if separate:
            forms["billing_form"] = billing
        wrong = [form for form in used if not form.is_valid()]
        if wrong:
            return forms
        try:
            return checkout.update(
                basket,
                **contact.cleaned_data,
                shipping_address=shipping.cleaned_data if ships else None,
                billing_address=billing.cleaned_data if separate else None,
            )
        except TaxIdInvalid as error:
            contact.add_error("tax_id", str(error))
        except AddressInvalid as error:
            show_at_fields({"shipping_address": shipping, "billing_address": billing}[error.context["attr"]], error)
        except Invalid as error:
            if error.context.get("attr") not in contact.fields:
                raise
            contact.add_error(error.context["attr"], str(error))
        return forms


def _default_address(customer: AbstractCustomer | None) -> dict[str, str] | None:
    if customer is None:
        return None
    book = list(customer.addresses.order_by(F("is_default_shipping").desc(nulls_last=True), "-pk")[:1])
    return book[0].as_postal().as_dict() if book else None


class DeliveryPage(CheckoutPage):
    """The choice of a delivery option."""

    key = "delivery"
    title = _("Delivery")
    template_name = f"{_PARTS}_step_delivery.html"
    summary_template_name = f"{_PARTS}_said_delivery.html"
    requirements = ("shipping_method", "pickup_point", "deliveries")

    def is_shown(self, view: CheckoutView) -> bool:
        """Whether something is shipped."""
        return view.ships

    def get_context(self, request: HttpRequest, view: CheckoutView, *, is_open: bool) -> Forms:
        """The chosen way; all ways, where the page is open."""
        chosen = (quote for quote in view.shipping if quote.code == view.checkout.shipping_method)
        return {"shipping": next(chosen, None), "ways": ways_of(view) if is_open else []}

    def accept(self, request: HttpRequest, basket: AbstractBasket) -> CheckoutView | Forms:
        """A pickup point belongs to its method."""
        method = request.POST.get("method", "")
        return checkout.update(basket, shipping_method=method, pickup_point=request.POST.get(f"point-{method}", ""))


class PaymentPage(CheckoutPage):
    """The choice of a payment method."""

    key = "payment"
    title = _("Payment")
    template_name = f"{_PARTS}_step_payment.html"
    summary_template_name = f"{_PARTS}_said_payment.html"
    requirements = ("payment_method", "payments")

    def is_shown(self, view: CheckoutView) -> bool:
        """Whether something is to be paid; what can't be paid by any method says so here, and not at the last button."""
        return view.needs_payment

    def get_context(self, request: HttpRequest, view: CheckoutView, *, is_open: bool) -> Forms:
        """The chosen way; all ways, where the page is open."""
        alias = view.checkout.payment_method
        choices = (
            payment_choice.choices(request, view.payments, alias, phone=view.checkout.known_phone) if is_open else []
        )
        return {"paying": payment_choice.chosen_of(request, view.payments, alias), "choices": choices}

    def accept(self, request: HttpRequest, basket: AbstractBasket) -> CheckoutView | Forms:
        """Keep the method's own fields in the session until the order is placed."""
        what = payment_choice.said(request)
        if payment_choice.is_wrong(basket, what):
            return {}  # the page shows the form as it was posted
        payment_choice.remember(request, what)
        return checkout.update(basket, payment_method=what.method)


class ReviewPage(CheckoutPage):
    """The order, to be placed."""

    key = "review"
    title = _("Order")
    form_class = PlaceForm
    template_name = f"{_PARTS}_step_review.html"
    places_order = True

    def is_done(self, view: CheckoutView) -> bool:
        """Never: once it is, there is an order."""
        return False

    def get_context(self, request: HttpRequest, view: CheckoutView, *, is_open: bool) -> Forms:
        """The total as it will be asked for again, which terms are to be accepted, and what a customer may agree to besides."""
        asked = {"consents_asked": asked_of(session.customer(request), "checkout") if is_open else []}
        total = None if view.totals.total is None else quantise(view.totals.total, view.totals.currency)
        return {"total": total, "terms_version": checkout_settings().TERMS_VERSION, **asked}

    def save(self, basket: AbstractBasket, data: Mapping[str, Any]) -> CheckoutView:
        """The note, the consent to the terms, and what else was ticked; consents of a project's own are left alone."""
        version = checkout_settings().TERMS_VERSION
        terms = {"terms": version if data["terms"] else None} if version else {}
        with language_read(data.get("consents_language", "")):
            return checkout.update(basket, note=data["note"], consents={**data.get("consents", {}), **terms})
