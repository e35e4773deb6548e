"""The examples of the how-to pages do what the pages say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import timezone

from tests.docs.examples.acme import AcmeGateway
from tests.docs.examples.lockout import refuse
from tests.docs.examples.register import Register
from tests.docs.examples.wishes import ENTRY, WishesView
from tests.docs.examples.worked_taxes import EXAMPLES as EXAMPLES_OF_TAXES
from tests.docs.fake_acme import FakeAcme
from tests.fakes.tax_server import TaxServer
from tests.storefront.conftest import own_menu, own_urls  # noqa: F401 - fixtures
from tradepost.api.errors import ERROR_TYPES
from tradepost.basket import services as baskets
from tradepost.basket.conf import BasketSettings
from tradepost.checkout import services as checkout
from tradepost.checkout.conf import CheckoutSettings
from tradepost.core import events
from tradepost.core.errors import TooManyRequests
from tradepost.orders.events import OrderConfirmed
from tradepost.orders.tokens import access_token
from tradepost.payments.interface import (
    OutcomeUnknown,
    PaymentRef,
    StartRequest,
)
from tradepost.pricing.models import ExchangeRate
from tradepost.storefront.account.menu import AccountMenu
from tradepost.storefront.routers import Router
from tradepost.testing import factories as make
from tradepost.testing.contracts import GatewayContract, TaxIdCheckerContract
from tradepost.testing.deliver import deliver_events

pytestmark = pytest.mark.docs
ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = Path(__file__).parent / "examples"
NAME = "tests.docs.examples"


@pytest.mark.slow
class TestAcme(GatewayContract):
    """The example of a gateway keeps the contract that the shipped ones keep."""

    secrets = ("sk_secret",)
    fake: FakeAcme

    @pytest.fixture(autouse=True)
    def _acme(self) -> Iterator[None]:
        type(self).fake = FakeAcme()
        yield
        self.fake.close()

    def make_gateway(self) -> AcmeGateway:
        """On the fake's address."""
        return AcmeGateway(secret_key="sk_secret", base_url=self.fake.url)

    def pay(self, payment: PaymentRef) -> None:
        """On Acme's page."""
        self.fake.pay(payment.provider_ref)

    def test_an_answer_that_says_nothing_is_unknown(self) -> None:
        """503 may come after the payment was made."""
        self.fake.broken = True

        with pytest.raises(OutcomeUnknown):
            self.make_gateway().start(
                StartRequest(reference="reference-1", key="key", price=self.price, return_url="https://shop.example/")
            )


@pytest.mark.django_db
def test_a_price_is_converted_where_no_list_has_one(settings: Any) -> None:
    """12.50 EUR at 0.92 EUR for a dollar is 13.59 dollars; the euro's price stays."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD"), "PRICER": f"{NAME}.converting.ConvertingPricer"}
    ExchangeRate.objects.create(base="EUR", currency="USD", rate=Decimal("0.92"), valid_from=timezone.now())
    mug = make.variant(price="12.50", on_hand=5)
    dollars, euros = baskets.open_basket(currency="USD"), baskets.open_basket()
    baskets.add(dollars, mug, 2)
    baskets.add(euros, mug, 2)

    assert baskets.totals(dollars).total == Decimal("27.18")
    assert baskets.totals(euros).total == Decimal("25.00")


@pytest.mark.parametrize("example", EXAMPLES_OF_TAXES, ids=lambda example: example.__name__)
def test_taxes_are_worked_out(example: Callable[[], None]) -> None:
    """Each example of the page on taxes comes to what it says."""
    example()


class TestRegister(TaxIdCheckerContract):
    """The example of a checker keeps the contract, and says what the register said."""

    @pytest.fixture(autouse=True)
    def _register(self) -> Iterator[None]:
        with TaxServer() as self.server:
            yield

    def make_checker(self) -> Register:
        """On the fake's address."""
        return Register(base_url=f"{self.server.url}/ids")

    def test_what_the_register_says_is_kept(self) -> None:
        """Whose id it is, and what the enquiry is called; an id that nobody has is wrong."""
        check = self.make_checker().check("DE136695976", "DE")

        assert (check.valid, check.country, check.reference, check.name) == (True, "DE", "R1", "Analytical Engines")
        assert self.make_checker().check("ATU13585627", "AT").valid is False

    @pytest.mark.parametrize("fault", ["error_500", "html", "drop_before"])
    def test_no_answer_is_no_verdict(self, fault: str) -> None:
        """The buyer isn't refused because a register is down."""
        self.server.fault(fault)

        assert self.make_checker().check("DE136695976", "DE").valid is None


@pytest.mark.django_db
def test_small_orders_cost_a_fee(settings: Any) -> None:
    """Below 20.00 the fee is charged and taxed, and the trail says why; from 20.00 on it isn't."""
    stages = [path for path in BasketSettings().STAGES if not path.endswith("taxes")]
    last = BasketSettings().STAGES[-1]
    settings.TRADEPOST_BASKET = {"STAGES": (*stages, f"{NAME}.small_orders.small_order_fee", last)}
    make.tax("0.19")
    basket, mug = baskets.open_basket(), make.variant(price="10.00", on_hand=5)
    baskets.add(basket, mug)

    totals = baskets.totals(basket)
    assert (totals.total, totals.charges[0].tax) == (Decimal("12.50"), Decimal("0.40"))
    assert [entry.why for entry in totals.trail if entry.rule == "small-order"] == [
        "Goods are worth less than 20.00 EUR"
    ]

    baskets.add(basket, mug)
    assert baskets.totals(basket).total == Decimal("20.00")


@pytest.mark.django_db
def test_parcels_need_a_telephone_number(settings: Any) -> None:
    """The requirement stands among the others until it is met."""
    settings.TRADEPOST_CHECKOUT = {"STEPS": (*CheckoutSettings().STEPS, f"{NAME}.phone.has_phone")}
    basket = baskets.open_basket()
    baskets.add(basket, make.variant(price="10.00", on_hand=5))

    assert "phone_missing" in [requirement.code for requirement in checkout.look(basket).requirements]

    view = checkout.update(basket, phone="+49 30 1234567")
    assert "phone_missing" not in [requirement.code for requirement in view.requirements]


@pytest.mark.django_db
def test_the_warehouse_is_told() -> None:
    """Once the order is confirmed."""
    from tests.docs.examples import warehouse  # subscribes

    try:
        order = make.pay(make.order(make.line_row(quantity=2)))
        deliver_events()
        [reported] = [message for message in mail.outbox if message.to == ["warehouse@example.com"]]
        line = order.lines.get()
        assert (reported.subject, reported.body) == (f"Pack {order.number}", f"2 × {line.sku} Thing")
    finally:
        assert warehouse.tell_warehouse
        events.unsubscribe(OrderConfirmed, "myshop.tell_warehouse")
        sys.modules.pop(warehouse.__name__)


@pytest.mark.django_db
def test_a_template_of_the_project_extends_ours(client: Client, settings: Any) -> None:
    """Its blocks are filled, and ours stay around them."""
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [EXAMPLES / "templates"]}]

    page = client.get("/").content.decode()

    assert '<p class="myshop-hours">' in page
    assert page.index("tradepost/storefront/shop.css") < page.index("myshop.css")


@pytest.mark.django_db
def test_a_page_of_the_project_is_in_the_account(
    client: Client,
    settings: Any,
    own_menu: AccountMenu,  # noqa: F811
    own_urls: Router,  # noqa: F811
    django_user_model: Any,
) -> None:
    """With its entry in the menu, which is marked."""
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [EXAMPLES / "templates"]}]
    own_urls.add("wishes", "account/wishes/", WishesView)
    own_menu.add(ENTRY, before="profile")
    client.force_login(django_user_model.objects.create_user("anna", "anna@example.com", "secret"))

    page = client.get("/account/wishes/").content.decode()

    assert '<a href="/account/wishes/" aria-current="page">Wish list</a>' in page
    assert "<li>A second mug</li>" in page


@pytest.mark.django_db
def test_a_serializer_of_the_project_is_used_where_it_is_nested(client: Client, settings: Any) -> None:
    """Lines of an order have the field."""
    settings.TRADEPOST_API = {"SERIALIZERS": {"orders.OrderLine": f"{NAME}.engraving.LineSerializer"}}
    order = make.order()
    order.lines.update(metadata={"engraving": "For Ada"})

    body = client.get(f"/api/v1/orders/{order.number}/?token={access_token(order)}").json()

    assert [line["engraving"] for line in body["lines"]] == ["For Ada"]


@pytest.mark.parametrize(("hours", "wait"), [(1, "3600"), (0.5, "1800")])
def test_whom_axes_blocks_is_answered_as_they_read_it(
    rf: RequestFactory, settings: Any, hours: float, wait: str
) -> None:
    """The API in the form of its own refusals, whatever version of django-axes says about it, and when to come again."""
    settings.AXES_COOLOFF_TIME = hours
    for facts in ((), ({},), (None, {})):
        answer = refuse(rf.post("/api/v1/auth/token/"), *facts)
        assert (answer.status_code, json.loads(answer.content)["type"]) == (429, ERROR_TYPES[429])
        assert json.loads(answer.content)["errors"][0]["code"] == TooManyRequests.code
        page = refuse(rf.post("/account/sign-in/"), *facts)
        assert (page.status_code, page.headers["Content-Type"]) == (429, "text/plain")
        assert (answer.headers.get("Retry-After"), page.headers.get("Retry-After")) == (wait, wait)


@pytest.mark.django_db
@pytest.mark.urls(f"{NAME}.api_urls")
def test_a_view_is_replaced_and_another_left_out(client: Client) -> None:
    """Products are for members, collections are gone, the rest is as it was."""
    answers = {path: client.get(f"/api/v1/{path}/").status_code for path in ("products", "collections", "categories")}

    assert answers == {"products": 401, "collections": 404, "categories": 200}


@pytest.mark.slow
def test_a_project_replaces_the_catalogue(tmp_path: Path) -> None:
    """One migration adds one column; the library's own names give the project's class."""
    shutil.copytree(EXAMPLES / "bookshop", tmp_path / "bookshop")
    use = (
        "import django; django.setup()\n"
        "from tradepost.catalogue.models import Product, ProductType\n"
        "kind = ProductType.objects.create(code='books', name='Books')\n"
        "Product.objects.create(product_type=kind, name='Emma', slug='emma', isbn='9780141439587')\n"
        "print(Product.__module__, Product.objects.get(slug='emma').isbn)\n"
    )

    make = ["makemigrations", "-n", "bookshop_isbn", "tradepost_catalogue"]
    steps = [make, ["migrate", "-v", "0"], ["makemigrations", "--check"]]
    created, _, again = json.loads(_python(tmp_path, "-m", "tests.upgrade.steps", json.dumps(steps)))

    assert "+ Add field isbn to product" in created
    assert "No changes detected" in again
    assert _python(tmp_path, "-c", use) == "bookshop.catalogue.models 9780141439587\n"


def _python(folder: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bookshop.settings",
        "BOOKSHOP_DATABASE": str(folder / "bookshop.sqlite3"),
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
    }
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
