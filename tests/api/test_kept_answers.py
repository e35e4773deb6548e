"""Answers that are kept: whatever changes, nobody is told what isn't true any more."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.serializers import SerializerMethodField
from rest_framework.views import APIView

from tradepost.api.kept_answers import lookup
from tradepost.api.kept_answers.keys import Key
from tradepost.api.serializers.catalogue import ProductCardSerializer, VariantSerializer
from tradepost.api.views.catalogue import ProductViewSet
from tradepost.browse import search
from tradepost.catalogue.models import Attribute, Category, Collection, Image, Product, Tag, Variant
from tradepost.catalogue.querysets import ProductQuerySet
from tradepost.core.access import SIGNED_IN
from tradepost.core.dates import clock
from tradepost.core.extending import exposed_fields
from tradepost.core.extending.exposed_fields import PUBLIC, STAFF, expose
from tradepost.inventory import services as inventory
from tradepost.inventory.models import Location, StockLevel
from tradepost.inventory.ports import Owner
from tradepost.pricing.models import Price, PriceList
from tradepost.pricing.prices.list_pricer import ListPricer
from tradepost.promotions.models import Hours, PercentageOff, Promotion
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries
from tradepost.testing.races import together

pytestmark = pytest.mark.django_db
LIST, PAGE = "/api/v1/products/", "/api/v1/products/mug/"
TREE, COLLECTIONS = "/api/v1/categories/", "/api/v1/collections/"
OWNER = Owner("test", "1")


class OwnPricer(ListPricer):
    """Says nothing of what it reads."""


class ToldPricer(ListPricer):
    """Reads what is watched."""

    depends_on = ("pricing.taxes",)


class LostPricer(ListPricer):
    """Names a kind that nobody watches."""

    depends_on = ("weather",)


class OwnCard(ProductCardSerializer):
    """Says nothing of what it reads."""


class ToldCard(ProductCardSerializer):
    """Reads the card alone."""

    depends_on = ()


class OwnProducts(ProductQuerySet[Any]):
    """Says nothing of what it looks at: products appear an hour after they were made."""

    def public(self) -> Any:
        """Those whose time has come."""
        return super().public().filter(created_at__lte=clock.now() - timedelta(hours=1))


class ToldProducts(ProductQuerySet[Any]):
    """Looks at products alone."""

    depends_on = ()


@pytest.fixture(autouse=True)
def mug(settings: Any) -> Variant:
    """A mug in a category, with three in stock, where answers are kept."""
    settings.TRADEPOST_API = {"CACHE": "default"}
    own = getattr(settings, "TRADEPOST_PRICING", {})
    settings.TRADEPOST_PRICING = {
        key: value for key, value in own.items() if key != "PRICER"
    }  # a project's doesn't say
    cache.clear()
    kind = make.product_type()
    Attribute.objects.create(product_type=kind, code="material", name="Material", filterable=True)
    product = make.product(name="Mug", slug="mug", product_type=kind, attributes={"material": "clay"})
    product.categories.add(make.category("Kitchen"))
    Collection.objects.create(name="Summer", slug="summer").products.add(product)
    Image.objects.create(product=product, source_url="https://example.com/mug.jpg")
    make.price_list("sale", priority=5, is_active=False)
    return make.variant(product=product, sku="MUG", price="12.50", on_hand=3)


def ask(url: str = LIST, **headers: Any) -> tuple[Any, int]:
    """An answer to a visitor, and what it cost in statements."""
    with count_queries() as seen:
        answer = Client().get(url, headers=headers)
    return answer, len(seen)


def warm(*urls: str) -> dict[str, bytes]:
    """The answers, which are kept now."""
    for _ in range(2):
        answers = {url: ask(url)[0].content for url in urls}
    return answers


@pytest.mark.parametrize(("url", "cost"), [(LIST, 1), (PAGE, 2), (TREE, 1), (COLLECTIONS, 1), (f"{TREE}kitchen/", 1)])
def test_a_kept_answer_costs_one_statement(url: str, cost: int) -> None:
    """For versions; of a product's page one more, for units. It is the same, byte for byte, and so are its headers."""
    first, _cost = ask(url)
    again, statements = ask(url)
    unchanged, of_unchanged = ask(url, if_none_match=again["ETag"])

    assert (again.status_code, again.content, dict(again.headers)) == (200, first.content, dict(first.headers))
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", first["ETag"])
    assert (statements, of_unchanged) == (cost, cost)


@pytest.mark.parametrize("number", [1, 50])
def test_its_cost_does_not_grow(number: int) -> None:
    """With one product or fifty."""
    for _ in range(number):
        make.variant(price="1.00", on_hand=1)
    warm(f"{LIST}?page_size=100")

    answer, statements = ask(f"{LIST}?page_size=100")
    assert (len(answer.json()["results"]), statements) == (number + 1, 1)


def promote(**values: Any) -> Promotion:
    """A promotion that is shown on the mug."""
    promotion = make.promotion("mugs", **values)
    PercentageOff.objects.create(promotion=promotion, percent=20, products=["mug"])
    return promotion


def mugs() -> Variant:
    """The mug as it is now."""
    return Variant.objects.get(sku="MUG")


BOTH = (LIST, PAGE)
CHANGES: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "name": (lambda: Product.objects.filter(slug="mug").update(name="Cup"), BOTH),
    "visibility": (lambda: Product.objects.filter(slug="mug").update(is_published=False), (*BOTH, TREE)),
    "archive": (lambda: Variant.objects.update(archived_at=datetime(2020, 1, 1, tzinfo=None).astimezone()), BOTH),
    "price": (lambda: Price.objects.update(amount=Decimal(9)), BOTH),
    "price of a list": (
        lambda: [
            make.price(mugs(), "10.00", price_list=PriceList.objects.get(code="sale")),
            PriceList.objects.filter(code="sale").update(is_active=True),
        ],
        BOTH,
    ),
    "promotion": (promote, BOTH),
    "picture": (lambda: Image.objects.update(alt="A mug"), BOTH),
    "attribute": (lambda: Attribute.objects.update(name="Made of"), (PAGE, f"{LIST}?facets=true")),
    "category": (lambda: Category.objects.update(name="Cooking"), (TREE, f"{TREE}kitchen/")),
    "product of a category": (lambda: [Product.objects.get(slug="mug").categories.clear()], (TREE, f"{TREE}kitchen/")),
    "hidden category": (lambda: Category.objects.update(is_published=False), (TREE, f"{LIST}?category=kitchen")),
    "collection": (lambda: Collection.objects.update(name="Autumn"), (COLLECTIONS, f"{COLLECTIONS}summer/")),
    "product of a collection": (
        lambda: [Collection.objects.get().products.clear()], (f"{LIST}?collection=summer",)
    ),
    "tag": (lambda: Product.objects.get(slug="mug").tags.add(Tag.objects.create(slug="t", name="T")), (f"{LIST}?search=T",)),
    "sold out": (lambda: inventory.reserve({mugs().pk: 3}, owner=OWNER), (*BOTH, f"{LIST}?in_stock=true")),
    "one sold": (lambda: inventory.reserve({mugs().pk: 1}, owner=OWNER), (PAGE,)),
    "location closed": (lambda: Location.objects.update(is_active=False), BOTH),
    "levels overwritten": (lambda: StockLevel.objects.update(on_hand=0), BOTH),
    "new product": (lambda: make.variant(price="1.00"), (LIST,)),
    "deleted product": (lambda: Product.objects.filter(slug="mug").delete(), BOTH),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_after_a_change_everybody_is_told_what_is_true(name: str) -> None:
    """The answer is the one that is made without anything kept, and another than before."""
    change, urls = CHANGES[name]
    before = warm(*urls)

    change()

    values = {url: ask(url)[0].content for url in urls}
    etags = {url: ask(url, if_none_match="W/x")[0].get("ETag") for url in urls}
    cache.clear()
    assert values == {url: ask(url)[0].content for url in urls}
    assert not {url for url in urls if values[url] == before[url]}
    assert len({etag for etag in etags.values() if etag}) == len([etag for etag in etags.values() if etag])


def test_one_sold_is_told_beside_what_is_kept() -> None:
    """Lists stay as they are; a product's page is kept but for its units, which one query tells, and so does its ETag."""
    product = Product.objects.get(slug="mug")
    make.variant(product=product, sku="MUG-L", price="14.00", track_stock=False)
    make.variant(product=product, sku="MUG-XL", price="15.00", on_hand=1)
    etag = warm(LIST, PAGE) and ask(PAGE)[0]["ETag"]

    inventory.reserve({mugs().pk: 1, Variant.objects.get(sku="MUG-XL").pk: 1}, owner=OWNER)
    assert ask(LIST)[0].status_code == 200
    page, statements = ask(PAGE, if_none_match=etag)
    kept = {row["sku"]: (row["available"], row["in_stock"]) for row in page.json()["variants"]}
    assert (kept, statements) == ({"MUG": (2, True), "MUG-L": (None, True), "MUG-XL": (0, False)}, 2)

    cache.clear()
    anew, statements = ask(PAGE)
    assert (anew.content, dict(anew.headers), statements > 2) == (page.content, dict(page.headers), True)
    inventory.release(OWNER)
    page, statements = ask(PAGE)
    assert (page.json()["variants"][0]["available"], page["ETag"], statements) == (3, etag, 2)


NOW = datetime(2026, 3, 27, 11, 59).astimezone()


def sale(mug: Variant, **dates: Any) -> None:
    """A list of some days with a lower price."""
    make.price(mug, "10.00", price_list=PriceList.objects.get(code="sale"))
    PriceList.objects.filter(code="sale").update(is_active=True, **dates)


@pytest.mark.parametrize(
    "ready",
    [
        lambda mug: sale(mug, starts_at=NOW + timedelta(minutes=1)),
        lambda mug: sale(mug, ends_at=NOW + timedelta(seconds=59)),
        lambda _mug: promote(starts_at=NOW + timedelta(minutes=1)),
        lambda _mug: promote(ends_at=NOW + timedelta(seconds=59)),
        lambda _mug: Hours.objects.create(promotion=promote(), begin=hour(NOW + timedelta(minutes=1)), end=None),
    ],
)
def test_what_begins_or_ends_does_so_at_its_moment(mug: Variant, ready: Callable[[Variant], Any]) -> None:
    """A price list, a promotion, the hours of one: nothing is written then, and nothing is stale a second later."""
    with clock.at(NOW):
        ready(mug)
        before = warm(LIST, PAGE)
        assert ask(LIST)[1] == 1
    with clock.at(NOW + timedelta(seconds=59, microseconds=-1)):
        assert {url: ask(url)[0].content for url in before} == before
        assert ask(LIST)[1] == 1
    with clock.at(NOW + timedelta(minutes=1)):
        values = {url: ask(url)[0].content for url in before}
        cache.clear()
        assert values == {url: ask(url)[0].content for url in before}
        assert not {url for url in before if values[url] == before[url]}


def hour(at: datetime) -> clock_time:
    """By the shop's clock."""
    from django.utils import timezone

    return timezone.localtime(at, timezone.get_default_timezone()).time()


@pytest.mark.parametrize(
    ("other", "headers"),
    [
        (f"{LIST}?currency=USD", {}),
        (f"{LIST}?country=DE", {}),
        (f"{LIST}?page_size=1", {}),
        (LIST, {"accept-language": "de"}),
        (LIST, {"accept": "application/json; indent=2"}),
        (LIST, {"host": "localhost"}),
    ],
)
def test_who_asks_otherwise_is_told_otherwise(settings: Any, other: str, headers: dict[str, str]) -> None:
    """Currency, country, page, language, form and host."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD")}
    warm(LIST)

    answer, statements = ask(other, **headers)
    assert (answer.status_code, statements > 1) == (200, True)
    assert ask(LIST)[0]["ETag"] != answer["ETag"]


def test_the_order_of_parameters_does_not_matter() -> None:
    """Of two values of one it does."""
    warm(f"{LIST}?ordering=name&page_size=5")

    assert ask(f"{LIST}?page_size=5&ordering=name")[1] == 1
    assert ask(f"{LIST}?page_size=5&page_size=6&ordering=name")[1] > 1


def test_a_setting_counts(settings: Any) -> None:
    """Any of them."""
    warm(LIST)

    settings.TRADEPOST_PRICING = {"PRICES_INCLUDE_TAX": False}
    assert ask(LIST)[0].json()["results"][0]["price"] is None


def test_what_a_release_exposes_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that everybody could read yesterday isn't told out of the cache of yesterday."""
    Product.objects.update(metadata={"margin": 40})
    monkeypatch.setattr(exposed_fields, "_declared", {})
    expose("tradepost_catalogue.Product", "metadata.margin", read=PUBLIC)
    before = ask(LIST)[0]
    assert before.json()["results"][0]["extra"] == {"margin": 40}

    exposed_fields._declared.clear()
    expose("tradepost_catalogue.Product", "metadata.margin", read=STAFF)
    after = ask(LIST, if_none_match=before["ETag"])[0]

    assert (after.status_code, after.json()["results"][0]["extra"]) == (200, {})


def test_who_is_known_is_answered_anew(django_user_model: Any) -> None:
    """Signed in, or with a word of who they are; a guest with a session isn't known."""
    warm(LIST)
    client = Client()
    client.force_login(django_user_model.objects.create_user("ada"))
    with count_queries() as seen:
        answer = client.get(LIST)
    assert (answer["Cache-Control"], len(seen) > 3) == ("private, no-cache", True)
    assert ask(LIST, authorization="Shop x")[1] > 1

    client.logout()
    guest = Client()
    guest.post("/api/v1/baskets/", {}, content_type="application/json")
    guest.get(LIST)
    with count_queries() as seen:
        assert guest.get(LIST).status_code == 200
    assert len(seen) <= 2


@pytest.mark.parametrize("url", [f"{LIST}?page=99", f"{LIST}?ordering=pk", f"{LIST}?category=away", f"{LIST}nothing/"])
def test_a_refusal_is_not_kept(url: str) -> None:
    """Nor is a guess of its ETag heeded."""
    first = ask(url)[0]
    assert (first.status_code in (400, 404), first.has_header("ETag")) == (True, False)

    again, _statements = ask(url, if_none_match="*")
    assert (again.status_code, again.content) == (first.status_code, first.content)


def test_parameters_that_nobody_knows_fill_no_cache() -> None:
    """They are named each time."""
    for _ in range(2):
        answer, statements = ask(f"{LIST}?fbclid=1")
        assert answer["Unknown-Parameters"] == "fbclid"
    assert statements > 1


class OwnVariant(VariantSerializer):
    """Tells units in words of its own."""

    depends_on = ()
    hint = SerializerMethodField()

    def get_hint(self, offer: Any) -> str:
        """As a shop would."""
        return f"only {offer.available} left"


def test_a_projects_serializer_may_tell_units_in_its_own_way(settings: Any) -> None:
    """Then they are part of the key, and a page is made anew for each number of them."""
    settings.TRADEPOST_API = {"CACHE": "default", "SERIALIZERS": {"catalogue.Variant": f"{__name__}.OwnVariant"}}
    warm(PAGE)
    assert ask(PAGE)[1] == 2

    inventory.reserve({mugs().pk: 1}, owner=OWNER)
    page, statements = ask(PAGE)
    assert (page.json()["variants"][0]["hint"], statements > 2) == ("only 2 left", True)
    assert ask(PAGE)[1] == 2


def test_a_value_that_looks_like_a_gap_is_none(mug: Variant) -> None:
    """A kept answer is filled by place, never by what stands there."""
    Product.objects.filter(pk=mug.product_id).update(summary='"in_stock": true, "available": 3, 0.')
    before = warm(PAGE)[PAGE]

    inventory.reserve({mug.pk: 3}, owner=OWNER)
    after, statements = ask(PAGE)
    assert statements == 2
    assert after.content == before.replace(b'"in_stock":true,"available":3', b'"in_stock":false,"available":0')


def view_of(**values: Any) -> Any:
    """A view of a project that answers the list of products."""
    return type("OwnView", (ProductViewSet,), {"depends_on": (), **values}).as_view({"get": "list"})


def refuse(self: Any, request: Any, *_args: Any, **_kwargs: Any) -> None:
    """As a project may, in a hook of DRF's."""
    raise PermissionDenied


class Nobody(BasePermission):
    """Lets nobody in."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Never."""
        return False


@pytest.mark.parametrize(
    "values",
    [
        {"initial": refuse},
        {"check_permissions": refuse},
        {"perform_authentication": refuse},
        {"permission_classes": [Nobody]},
        {"get_permissions": lambda self: [Nobody()]},
        {"access": {"list": SIGNED_IN}},
    ],
)
def test_who_is_not_let_in_is_not_answered_from_what_is_kept(rf: Any, values: dict[str, Any]) -> None:
    """A project's own view may ask for more, in each of DRF's places; the control is the same view without it."""
    request = partial(rf.get, LIST)
    first = view_of()(request()).render().content

    with count_queries() as seen:
        assert view_of()(request()).content == first
    assert len(seen) == 1
    assert view_of(**values)(request()).status_code in (401, 403)


class ByCookie(BaseAuthentication):
    """Knows somebody by a cookie, in a project's own way."""

    def authenticate(self, request: Any) -> Any:
        """The user whose name it is."""
        name = request.COOKIES.get("who")
        return (get_user_model().objects.get(username=name), None) if name else None


def test_a_projects_authentication_is_asked(settings: Any, django_user_model: Any) -> None:
    """It may know somebody of whom Django doesn't."""
    django_user_model.objects.create_user("ada")
    settings.TRADEPOST_API = {"CACHE": "default", "AUTHENTICATION": (f"{__name__}.ByCookie",)}
    warm(LIST)
    assert ask(LIST)[1] == 1

    client = Client()
    client.cookies["who"] = "ada"
    assert client.get(LIST)["Cache-Control"] == "private, no-cache"


def test_throttles_count_what_is_answered_from_what_is_kept(settings: Any) -> None:
    """Each call once, whether it was kept or made; a refusal is the same as ever, and is given once a call is too many."""
    settings.TRADEPOST_API = {"CACHE": "default", "THROTTLE": {"any": "7/h", "search": "4/h"}}
    searches = [ask(f"{LIST}?search=mug")[0].status_code for _ in range(5)]
    plain = [ask(LIST)[0].status_code for _ in range(4)]

    assert (searches, plain) == ([200] * 4 + [429], [200, 200, 429, 429])
    refused = ask(f"{LIST}?search=mug")[0]
    assert (refused.json()["type"], "Retry-After" in refused.headers) == ("throttled", True)


def test_a_hit_is_given_before_the_framework_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """To a guest; who shows a credential goes the whole way."""
    warm(LIST)
    begun: list[Any] = []
    monkeypatch.setattr(
        APIView, "initial", lambda self, request, *args, **kwargs: begun.append(request) or refuse(self, request)
    )

    assert (ask(LIST)[0].status_code, begun) == (200, [])
    assert (ask(LIST, authorization="Shop x")[0].status_code, len(begun)) == (403, 1)


@pytest.mark.parametrize(("own", "is_kept"), [("OwnPricer", False), ("LostPricer", False), ("ToldPricer", True)])
def test_a_projects_pricer_says_what_it_depends_on(settings: Any, own: str, is_kept: bool) -> None:
    """Else what it prices is made each time; what it doesn't is kept as ever."""
    settings.TRADEPOST_PRICING = {"PRICER": f"{__name__}.{own}"}
    warm(LIST, TREE)

    assert (ask(LIST)[1] == 1) is is_kept
    assert ask(TREE)[1] == 1


@pytest.mark.parametrize(("own", "is_kept"), [("OwnCard", False), ("ToldCard", True)])
def test_a_projects_serializer_says_what_it_depends_on(settings: Any, own: str, is_kept: bool) -> None:
    """By an attribute of its own: what it inherits was said of another class."""
    settings.TRADEPOST_API = {"CACHE": "default", "SERIALIZERS": {"catalogue.ProductCard": f"{__name__}.{own}"}}
    warm(LIST)

    assert (ask(LIST)[1] == 1) is is_kept


@pytest.fixture
def found_by(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """Lets a project's queryset find products."""

    def find_by(rows: Any) -> None:
        manager = rows.as_manager()
        manager.model, manager.name = Product, "objects"
        monkeypatch.setitem(Product._meta.managers_map, "objects", manager)
        search._are_ours.cache_clear()  # no project's manager changes while it runs

    yield find_by
    monkeypatch.undo()
    search._are_ours.cache_clear()


@pytest.mark.parametrize(("rows", "is_kept"), [(OwnProducts, False), (ToldProducts, True)], ids=["own", "told"])
def test_a_projects_queryset_says_what_it_looks_at(found_by: Callable[[Any], None], rows: Any, is_kept: bool) -> None:
    """Else no list that it may take part in is kept."""
    found_by(rows)
    warm(LIST)

    assert (ask(LIST)[1] == 1) is is_kept


def test_a_product_whose_time_comes_is_listed(found_by: Callable[[Any], None]) -> None:
    """By the queryset of a project, which compares with the present moment: nothing is written then."""
    found_by(OwnProducts)
    Product.objects.update(created_at=NOW)
    with clock.at(NOW + timedelta(minutes=59)):
        assert warm(LIST)[LIST].startswith(b'{"count":0,')

    with clock.at(NOW + timedelta(minutes=61)):
        assert [card["slug"] for card in ask(LIST)[0].json()["results"]] == ["mug"]


def test_an_answer_that_changed_while_it_was_made_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of it might be older than the change."""
    kept = lookup._keep

    def change_first(*args: Any) -> None:
        Product.objects.update(name="Cup")
        kept(*args)

    with monkeypatch.context() as patch:
        patch.setattr(lookup, "_keep", change_first)
        assert ask(LIST)[0].json()["results"][0]["name"] == "Mug"
    answer, statements = ask(LIST)
    assert (answer.json()["results"][0]["name"], statements > 1) == ("Cup", True)


def test_without_a_cache_nothing_is_kept(settings: Any) -> None:
    """It is the default; and so it is while the cache is gone."""
    settings.TRADEPOST_API = {}
    warm(LIST)
    assert ask(LIST)[1] > 1

    settings.TRADEPOST_API = {"CACHE": "gone"}
    warm(LIST)
    answer, statements = ask(LIST)
    assert (answer.status_code, statements > 1) == (200, True)


def test_a_cache_that_is_not_there_is_told(settings: Any) -> None:
    """By a check, with what to write."""
    settings.TRADEPOST_API = {"CACHE": "gone"}
    [message] = [message for message in run_checks() if message.id == "tradepost.E807"]

    assert (message.msg, message.hint) == (
        "TRADEPOST_API[\"CACHE\"]: CACHES has no 'gone'.",
        'TRADEPOST_API = {"CACHE": "default"}',
    )


def test_a_used_up_promotion_is_shown_no_longer() -> None:
    """Orders count its uses, which changes no version; it costs a statement where there is such a promotion."""
    promotion = promote(usage_limit=5)
    before = warm(LIST)
    assert ask(LIST)[1] == 2

    Promotion.objects.filter(pk=promotion.pk).update(used=5)
    answer = ask(LIST)[0]
    assert (answer.content != before[LIST], answer.json()["results"][0]["badges"]) == (True, [])


_ELSEWHERE = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from tradepost.catalogue.models import Product
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
{change}
"""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [
        "Price.objects.update(amount=9)",
        "Product.objects.bulk_update([Product(pk=row.pk, name='Cup') for row in Product.objects.all()], ['name'])",
        "StockLevel.objects.update(on_hand=0)",
    ],
)
def test_a_change_in_another_process_is_told_here(change: str) -> None:
    """Kept answers are in this process alone, and nobody calls it."""
    before = warm(LIST, PAGE)
    name = connection.settings_dict["NAME"]

    subprocess.run([sys.executable, "-c", _ELSEWHERE.format(change=change), name], check=True, cwd=Path.cwd())

    values = {url: ask(url)[0].content for url in before}
    cache.clear()
    assert values == {url: ask(url)[0].content for url in before}
    assert not {url for url in before if values[url] == before[url]}


def race(seconds: float) -> tuple[int, int]:
    """Staff raise a price all the time, and visitors look: answers that are older than their request, and all."""
    state = {"price": Decimal(10), "ends": time.monotonic() + seconds}
    Price.objects.update(amount=state["price"])
    seen: list[bool] = []

    def change() -> None:
        while time.monotonic() < state["ends"]:
            amount = state["price"] + 1
            Price.objects.update(amount=amount)
            state["price"] = amount
            time.sleep(0.005)

    def look() -> None:
        while time.monotonic() < state["ends"]:
            committed = state["price"]
            body = Client().get(LIST).json()
            seen.append(Decimal(body["results"][0]["price"]["amount"]) < committed)

    assert together([change, look, look]) == [None, None, None]
    return sum(seen), len(seen)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_no_answer_is_older_than_its_request() -> None:
    """However staff and visitors meet."""
    stale, looks = race(4)

    assert looks > 20
    assert stale == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_forgetting_on_commit_would_leave_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without versions in the key, what was made before a change is stored after it was forgotten."""
    from django.db import transaction
    from django.db.models.query import QuerySet

    monkeypatch.setattr(Key, "_of", lambda self, current: ())
    update = QuerySet.update

    def update_and_forget(self: Any, **values: Any) -> int:
        with transaction.atomic():
            transaction.on_commit(cache.clear)
            return update(self, **values)

    monkeypatch.setattr(QuerySet, "update", update_and_forget)

    stale, looks = race(6)

    assert looks > 20
    assert stale > 0
