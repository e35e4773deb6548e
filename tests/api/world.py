"""Who calls the API in tests that walk over all of it, and an object for every placeholder of an address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from tradepost.accounts.models import Session
from tradepost.accounts.services import shop_roles, write_roles
from tradepost.api.bulk.kinds import PRICES
from tradepost.api.bulk.lifecycle import start_job
from tradepost.api.callers.throttles import SCOPES
from tradepost.basket import services as baskets
from tradepost.catalogue.models import Attribute, Collection, Image, Tag, Variant
from tradepost.checkout.services import open_draft
from tradepost.core.actors import SYSTEM, By
from tradepost.core.dates import clock
from tradepost.customers.models import Consent, CustomerGroup
from tradepost.customers.services import add_address, agreement_to, customer_for, give_consent
from tradepost.fulfilment.models import Shipment
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token
from tradepost.payments.models import Discrepancy, SavedMethod
from tradepost.payments.services import pay_links
from tradepost.pricing.models import Zone
from tradepost.promotions.models import Coupon, PercentageOff, Promotion
from tradepost.shipping.models import PickupPoint
from tradepost.testing import factories

from .conftest import ADDRESS

__all__ = ["ROLES", "STAFF", "TOTAL", "Target", "World", "make_world", "world"]


STAFF = ("catalogue", "orders", "finance", "support", "marketing", "administrator")
ROLES = ("guest", "inactive", "ada", "bob", "staff", *STAFF)
TOTAL = {"amount": "17.40", "currency": "EUR"}


@dataclass(frozen=True)
class Target:
    """An object that calls are about.

    Attributes:
        owner: ``ada``, ``guest``, or empty where it is everyone's.
        values: What fills the placeholders.
        token: The secret that is given, in the header.
        is_secret_known: Whether who calls has what makes a guest's object theirs.
    """

    owner: str
    values: dict[str, str]
    token: str = ""
    is_secret_known: bool = True


@dataclass(frozen=True)
class World:
    """Who calls, and what there is."""

    clients: dict[str, Client]
    targets: dict[str, list[Target]]
    permissions: dict[str, frozenset[str]]

    def targets_of(self, path: str) -> list[Target]:
        """The objects of an address; one that is nobody's, where it names none.

        Raises:
            KeyError: A placeholder that nothing fills: give the new endpoint an object.
        """
        prefix = next((key for key in self.targets if path.startswith(key)), "")
        if not prefix and "<" in path:
            raise KeyError(path)
        return self.targets.get(prefix, [Target("", {})])


def buy(client: Client, method: str = "card") -> dict[str, Any]:
    """A pending order of one mug, whose payer is to go to the bank."""

    def call(verb: str, path: str, data: Any) -> Any:
        answer = getattr(client, verb)(f"/api/v1/{path}", data, content_type="application/json")
        assert answer.status_code < 300, answer.content
        return answer.json()

    path = f"baskets/{call('post', 'baskets/', {})['uuid']}/"
    call("post", f"{path}lines/", {"variant": "MUG"})
    fields = {"email": "ada@example.com", "shipping_address": ADDRESS, "shipping_method": "parcel"}
    body = {
        **fields,
        "payment_method": method,
        "expected_total": TOTAL,
        "client_input": {"scenario": "requires_redirect"},
    }
    done: dict[str, Any] = call("post", f"{path}checkout/complete/", body)
    return done


def open_basket(mug: Variant, owner: Any = None) -> dict[str, str]:
    """One with a line; its placeholders."""
    basket = (
        baskets.basket_of(customer_for(owner), currency="EUR")
        if owner
        else baskets.open_basket(currency="EUR", country="DE", visitor_key="")
    )
    line = baskets.add(basket, mug, 1)
    return {"uuid": str(basket.uuid), "line": str(line.uuid), "code": "TEN"}


def prepared(mug: Variant) -> dict[str, str]:
    """A draft with a line; its placeholders."""
    draft = open_draft(by=SYSTEM)
    line = baskets.add(draft.basket, mug, 1)
    return {"uuid": str(draft.basket.uuid), "line": str(line.uuid), "code": "TEN"}


@pytest.fixture
def world(shop: Variant, settings: Any) -> World:
    """A customer and a guest have one of each; everybody else has nothing."""
    settings.TRADEPOST_API = {"THROTTLE": dict.fromkeys(SCOPES)}
    settings.TRADEPOST_LIMITS = {scope.upper(): None for scope in ("guess", "complete", "sign_in", "register")}
    return make_world(shop, settings)


def make_world(shop: Variant, settings: Any) -> World:
    """The same, where throttles and limits are the caller's matter."""
    settings.TRADEPOST_CUSTOMERS = {"CONSENTS": {"newsletter": {"LABEL": "Newsletter", "TEXT": "Yes, please."}}}
    factories.category("Cups", slug="cups")
    Collection.objects.create(name="Gifts", slug="gifts")
    PercentageOff.objects.create(promotion=factories.promotion(coupon="TEN"), percent=10)
    Coupon.objects.update(batch="mail")
    write_roles()
    users = {name: _user(name) for name in ROLES if name != "guest"}
    clients = {name: Client() for name in ROLES}
    for name, user in users.items():
        clients[name].force_login(user)
    get_user_model().objects.filter(username="inactive").update(is_active=False)
    return World(
        clients=clients,
        targets=_targets(shop, users["ada"], buy(clients["ada"]), buy(clients["guest"])),
        permissions={role.code: role.permissions for role in shop_roles()},
    )


def _user(name: str) -> Any:
    user = get_user_model().objects.create_user(
        name, f"{name}@example.com", "secret", is_staff=name in {"staff", *STAFF}
    )
    user.groups.set(Group.objects.filter(name=f"Tradepost: {name}"))
    return user


def _targets(mug: Variant, ada: Any, hers: dict[str, Any], guests: dict[str, Any]) -> dict[str, list[Target]]:
    """By the beginning of the address, the longest first."""
    number, guests_number = hers["order"]["number"], guests["order"]["number"]
    own_basket = open_basket(mug, ada)
    link = pay_links.request_payment(Order.objects.get(number=number), by=SYSTEM, expires_after=None, mail=False)
    guests_order = Target(
        "guest", {"number": guests_number}, token=access_token(Order.objects.get(number=guests_number))
    )
    keeper = get_user_model().objects.get(username="catalogue")
    job = start_job(PRICES, [{}], user=keeper, by=By.user(keeper))
    saved = SavedMethod.objects.create(
        customer=customer_for(ada),
        gateway="card",
        provider_ref="pm_1",
        consent_text="Yes.",
        consent_version="1",
        consented_at=clock.now(),
    )
    odd = Discrepancy.objects.create(order=Order.objects.get(number=number), kind="stuck", key="x")
    home = add_address(customer_for(ada), ADDRESS)
    give_consent(customer_for(ada), agreement_to("newsletter", "1"), source=Consent.Source.ACCOUNT)
    CustomerGroup.objects.create(code="trade", name="Trade")
    parcel = Shipment.objects.create(order=Order.objects.get(number=number))
    device = Session.objects.create(
        user=ada,
        current="0" * 64,
        created_at=clock.now(),
        last_used_at=clock.now(),
        expires_at=clock.now() + timedelta(1),
    )
    return {
        "countries/<": [Target("", {"code": "DE"})],
        "products/<": [Target("", {"slug": "mug"})],
        "categories/<": [Target("", {"slug": "cups"})],
        "collections/<": [Target("", {"slug": "gifts"})],
        "webhooks/<": [Target("", {"alias": "card"})],
        "basket/coupons/<": [Target("", {"code": "TEN"})],
        "basket/lines/<": [Target("ada", own_basket)],
        "baskets/<": [Target("ada", own_basket), Target("guest", open_basket(mug))],
        "orders/<": [
            Target("ada", {"number": number}),
            guests_order,
            replace(guests_order, token="", is_secret_known=False),
            replace(guests_order, token="wrong", is_secret_known=False),
        ],
        "payments/<": [
            Target("ada", {"uuid": hers["payment"]["uuid"]}),
            Target("guest", {"uuid": guests["payment"]["uuid"]}),
        ],
        "payment-methods/<": [Target("ada", {"uuid": str(saved.uuid)})],
        "auth/me/consents/<": [Target("", {"key": "newsletter"})],
        "auth/me/addresses/<": [Target("ada", {"uuid": str(home.uuid)})],
        "auth/sessions/<": [Target("ada", {"uuid": str(device.uuid)})],
        "staff/jobs/<": [Target("catalogue", {"uuid": str(job.uuid)})],
        "staff/orders/<": [Target("", {"number": number})],
        "staff/promotions/<": [Target("", {"code": Promotion.objects.get().code})],
        "staff/coupons/batches/<": [Target("", {"batch": "mail"})],
        "staff/coupons/<": [Target("", {"code": "TEN"})],
        "staff/customers/<": [
            Target("", {"uuid": str(customer_for(ada).uuid), "address": str(home.uuid), "key": "newsletter"})
        ],
        "staff/customer-groups/<": [Target("", {"code": "trade"})],
        "staff/payments/<": [Target("", {"uuid": hers["payment"]["uuid"]})],
        "staff/discrepancies/<": [Target("", {"uuid": str(odd.uuid)})],
        "staff/drafts/<": [Target("", prepared(mug))],
        "staff/shipments/<": [Target("", {"uuid": str(parcel.uuid)})],
        **_goods(mug),
        "pay/": [Target("guest", {}, token=link.token), Target("guest", {}, token="wrong", is_secret_known=False)],
    }


def _goods(mug: Variant) -> dict[str, list[Target]]:
    """The objects of the staff's calls about goods."""
    product_type = mug.product.product_type
    Attribute.objects.create(product_type=product_type, code="colour", name="Colour")
    Tag.objects.create(slug="new", name="New")
    factories.location("main")
    PickupPoint.objects.create(code="kiosk", name="Kiosk", line1="Main St 1", city="Berlin", country="DE")
    picture = Image.objects.create(product=mug.product, source_url="https://shop.example/mug.png")
    return {
        "staff/categories/<": [Target("", {"slug": "cups"})],
        "staff/collections/<": [Target("", {"slug": "gifts"})],
        "staff/images/<": [Target("", {"uuid": str(picture.uuid)})],
        "staff/locations/<": [Target("", {"code": "main"})],
        "staff/pickup-points/<": [Target("", {"code": "kiosk"})],
        "staff/price-lists/<": [Target("", {"code": "eur"})],
        "staff/product-types/<": [Target("", {"code": product_type.code, "attribute": "colour"})],
        "staff/products/<": [Target("", {"slug": mug.product.slug})],
        "staff/shipping-methods/<": [Target("", {"code": "parcel"})],
        "staff/tags/<": [Target("", {"slug": "new"})],
        "staff/tax-classes/<": [Target("", {"code": "standard"})],
        "staff/variants/<": [Target("", {"sku": mug.sku})],
        "staff/zones/<": [Target("", {"code": Zone.objects.earliest("pk").code})],
    }
