"""URLs of the storefront; a project includes them, or writes its own from the views.

Placing, paying and taking back call providers, so they may not run in a transaction that the project opened for the request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.transaction import non_atomic_requests
from django.urls import URLPattern, path, register_converter

from .views import accounts, basket, checkout, orders, products

app_name = "tradepost"


class NumberConverter:
    """Numbers of orders and references of payments: what a project's own numbers may hold, but no slash and no control."""

    regex = r"[^/\x00-\x1f]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "tradepost_number")


def _paying(view: Callable[..., Any]) -> Callable[..., Any]:
    marked: Callable[..., Any] = non_atomic_requests(view)
    return marked


urlpatterns: list[URLPattern] = [
    path("", products.home, name="home"),
    path("search/", products.search, name="search"),
    path("c/<slug:slug>/", products.category, name="category"),
    path("collections/<slug:slug>/", products.collection, name="collection"),
    path("products/<slug:slug>/", products.product, name="product"),
    path("preferences/", basket.preferences, name="preferences"),
    path("basket/", basket.show, name="basket"),
    path("basket/add/", basket.add, name="basket_add"),
    path("basket/coupon/", basket.coupon, name="basket_coupon"),
    path("basket/lines/<uuid:line>/", basket.set_quantity, name="basket_line"),
    path("checkout/", checkout.show, name="checkout"),
    path("checkout/details/", checkout.DetailsView.as_view(), name="checkout_details"),
    path("checkout/delivery/", checkout.DeliveryView.as_view(), name="checkout_delivery"),
    path("checkout/payment/", checkout.PaymentView.as_view(), name="checkout_payment"),
    path("checkout/place/", _paying(checkout.place), name="checkout_place"),
    path("orders/", orders.listing, name="orders"),
    path("orders/<tradepost_number:number>/", orders.show, name="order"),
    path("orders/<tradepost_number:number>/thanks/", orders.thanks, name="thanks"),
    path("orders/<tradepost_number:number>/reopen/", _paying(orders.reopen), name="reopen"),
    path("orders/<tradepost_number:number>/cancel/", _paying(orders.cancel), name="cancel"),
    path("account/sign-in/", accounts.SignInView.as_view(), name="sign_in"),
    path("account/sign-out/", accounts.SignOutView.as_view(), name="sign_out"),
    path("account/register/", accounts.RegisterView.as_view(), name="register"),
]

if "tradepost_payments" in apps.app_configs:
    from .views import dummy, payments, saved

    urlpatterns += [
        path("orders/<tradepost_number:number>/pay/", _paying(payments.pay_again), name="pay"),
        path("pay/<str:token>/", payments.open_link, name="pay_link"),
        path("payments/<uuid:uuid>/", payments.show, name="payment"),
        path("payments/<uuid:uuid>/return/", _paying(payments.come_back), name="payment_return"),
        path("account/payment-methods/", saved.listing, name="saved"),
        path("account/payment-methods/<uuid:uuid>/forget/", _paying(saved.forget), name="saved_forget"),
        path("dummy/<tradepost_number:reference>/", _paying(dummy.show), name="dummy"),
    ]
