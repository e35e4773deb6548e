"""A query that is compiled once answers as one that is compiled now, for every kind of shape that hot queries have."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Count,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    UUIDField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Lower, RowNumber

from tradepost.catalogue.models import Category, Product, Tag, Variant
from tradepost.core.db import Prepared, key_of, literal
from tradepost.core.models import Sequence
from tradepost.customers.models import Customer
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
from tradepost.testing import factories as make
from tradepost.testing.prepared_queries import prepared_queries_compared

NUMBER, TEXT, TIME = BigIntegerField(), CharField(max_length=255), DateTimeField()
AMOUNT = DecimalField(max_digits=19, decimal_places=4)
NOON = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)
UUIDS = [UUID(int=number) for number in range(1, 7)]

Shape = tuple[Callable[..., Any], dict[str, Any], list[dict[str, Any]]]

SHAPES: dict[str, Shape] = {
    "text": (lambda p: Variant.objects.filter(sku=p.sku), {"sku": TEXT}, [{"sku": "S-1"}, {"sku": "S-2"}, {"sku": ""}]),
    "text with quotes": (lambda p: Variant.objects.filter(name=p.t), {"t": TEXT}, [{"t": "100 % 'é'"}, {"t": "%s"}]),
    "two joins": (
        lambda p: Variant.objects.filter(product__slug=p.slug).with_product().order_by("-sku"),
        {"slug": TEXT},
        [{"slug": "p-1"}, {"slug": "p-2"}, {"slug": "none"}],
    ),
    "foreign key": (
        lambda p: Variant.objects.filter(product=p.key).select_related("product"),
        {"key": key_of(Product)},
        [{"key": 1}, {"key": 2}, {"key": None}, {"key": 0}],
    ),
    "user": (
        lambda p: Customer.objects.filter(user=p.user),
        {"user": key_of("auth.User")},
        [{"user": 1}, {"user": 2}, {"user": None}],
    ),
    "uuid": (
        lambda p: Product.objects.filter(uuid=p.uuid),
        {"uuid": UUIDField()},
        [{"uuid": key} for key in UUIDS[:3]],
    ),
    "amount": (
        lambda p: Price.objects.filter(amount__gt=p.low, amount__lte=p.high).exclude(amount=p.low),
        {"low": AMOUNT, "high": AMOUNT},
        [{"low": Decimal("1.5"), "high": Decimal(4)}, {"low": Decimal(3), "high": 5}, {"low": Decimal(0), "high": 2}],
    ),
    "moment": (
        lambda p: Product.objects.filter(Q(archived_at=None) | Q(archived_at__gt=p.at)),
        {"at": TIME},
        [{"at": NOON}, {"at": NOON + datetime.timedelta(days=1)}],
    ),
    "boolean": (
        lambda p: Product.objects.filter(is_published=p.yes, is_featured=p.no),
        {"yes": BooleanField(), "no": BooleanField()},
        [{"yes": yes, "no": no} for yes in (True, False) for no in (False, True)],
    ),
    "among keys": (
        lambda p: Variant.objects.filter(pk__among=p.keys),
        {"keys": [NUMBER]},
        [{"keys": [1]}, {"keys": [2, 3, 99, None]}, {"keys": []}, {"keys": (1, 2**70)}, {"keys": {3}}],
    ),
    "among foreign keys, negated": (
        lambda p: StockLevel.objects.exclude(variant__among=p.keys),
        {"keys": [NUMBER]},
        [{"keys": [1]}, {"keys": [2, 3]}],
    ),
    "among what points here": (
        lambda p: Product.objects.filter(variants__among=p.keys).distinct(),
        {"keys": [NUMBER]},
        [{"keys": [1, 2]}, {"keys": [3]}],
    ),
    "among many to many": (
        lambda p: Product.objects.filter(tags__among=p.keys),
        {"keys": [NUMBER]},
        [{"keys": [1]}, {"keys": [1, 2]}],
    ),
    "among texts": (
        lambda p: Variant.objects.filter(sku__among=p.skus),
        {"skus": [TEXT]},
        [{"skus": ["S-1", 'é"\\%s']}, {"skus": ["S-2", "S-3"]}],
    ),
    "among uuids": (
        lambda p: Product.objects.filter(uuid__among=p.uuids),
        {"uuids": [UUIDField()]},
        [{"uuids": UUIDS[:2]}, {"uuids": [str(UUIDS[3])]}],
    ),
    "a list of parameters": (
        lambda p: Variant.objects.filter(sku__in=["S-3", p.sku]),
        {"sku": TEXT},
        [{"sku": "S-1"}, {"sku": "S-2"}],
    ),
    "correlated": (
        lambda p: Product.objects.annotate(
            many=Exists(StockLevel.objects.filter(variant__product=OuterRef("pk"), on_hand__gte=p.units)),
            units=Subquery(
                StockLevel.objects.filter(variant__product=OuterRef("pk"), on_hand__lt=p.units)
                .order_by()
                .values("variant__product")
                .annotate(sum=Sum("on_hand"))
                .values("sum")
            ),
        ).values_list("pk", "many", "units"),
        {"units": NUMBER},
        [{"units": 2}, {"units": 5}, {"units": 2**40}],
    ),
    "annotation": (
        lambda p: Variant.objects.annotate(
            shown=literal(p.text),
            chosen=Case(When(sku=p.sku, then=literal(p.text)), default=Value("other")),
            increased=F("pk") + p.plus,
        ),
        {"text": TEXT, "sku": TEXT, "plus": NUMBER},
        [{"text": "sku", "sku": "S-1", "plus": 5}, {"text": "b", "sku": "S-2", "plus": 2**20}],
    ),
    "function": (
        lambda p: Variant.objects.annotate(low=Lower("sku")).filter(low=p.sku),
        {"sku": TEXT},
        [{"sku": "s-1"}],
    ),
    "window": (
        lambda p: Variant.objects.filter(pk__gte=p.first).annotate(number=Window(RowNumber(), order_by="sku")),
        {"first": NUMBER},
        [{"first": 1}, {"first": 2}],
    ),
    "union": (
        lambda p: Sequence.objects.filter(name=p.a).union(Sequence.objects.filter(name=p.b)),
        {"a": TEXT, "b": TEXT},
        [{"a": "1", "b": "2"}, {"a": "3", "b": "3"}],
    ),
    "grouped": (
        lambda p: Variant.objects.filter(pk__gte=p.first).values("product").annotate(number=Count("pk")),
        {"first": NUMBER},
        [{"first": 1}, {"first": 2}],
    ),
    "counted": (
        lambda p: (
            Variant.objects.filter(pk__gte=p.first)
            .order_by()
            .annotate(one=Value(1))
            .values("one")
            .annotate(n=Count("pk"))
            .values_list("n", flat=True)
        ),
        {"first": NUMBER},
        [{"first": 1}, {"first": 2}],
    ),
    "columns": (
        lambda p: Product.objects.filter(slug=p.slug).only("slug").defer("name"),
        {"slug": TEXT},
        [{"slug": "p-1"}, {"slug": "p-2"}],
    ),
    "prefetched": (
        lambda p: Product.objects.filter(pk__gte=p.first).prefetch_related(
            "tags", Prefetch("variants", Variant.objects.order_by("-sku"), to_attr="by_sku")
        ),
        {"first": NUMBER},
        [{"first": 1}, {"first": 2}],
    ),
    "sliced": (lambda p: Variant.objects.filter(pk__gte=p.first)[1:2], {"first": NUMBER}, [{"first": 1}, {"first": 2}]),
    "tree": (lambda p: Category.objects.filter(path__gte=p.path), {"path": TEXT}, [{"path": "0001"}, {"path": "0002"}]),
    "everything and nothing": (
        lambda p, *, some: Variant.objects.all() if some else Variant.objects.none(),
        {},
        [{"some": True}, {"some": False}],
    ),
}


def _create_rows() -> None:
    """Keys from 1 on, whatever the sequences of the database say."""
    for number in (1, 2, 3):
        user = get_user_model().objects.create(pk=number, username=f"user-{number}")
        make.customer(pk=number, user=user if number < 3 else None)
        product = make.product(
            pk=number,
            slug=f"p-{number}",
            uuid=UUIDS[number],
            is_featured=number == 1,
            archived_at=NOON + datetime.timedelta(hours=number) if number > 1 else None,
        )
        product.tags.add(
            *(Tag.objects.get_or_create(pk=key, slug=f"t-{key}", name=f"T {key}")[0] for key in range(1, number))
        )
        variant = make.variant(
            pk=number, product=product, sku=f"S-{number}", name=["", "100 % 'é'", "%s"][number - 1], on_hand=number * 2
        )
        make.price(variant, number)
        make.category(f"Category {number}")
        Sequence.objects.create(name=str(number), value=number)


def _ask_all() -> int:
    """Ask each shape with each of its values, forth and back, so that what is kept answers values that it hasn't seen.

    Returns:
        How many rows there were; each answer was compared with that of the ordinary queryset.
    """
    rows = 0
    for build, fields, cases in SHAPES.values():
        query = Prepared(build, **fields)
        with prepared_queries_compared():
            rows += sum(len(query(**given)) for given in [*cases, *reversed(cases)])
    return rows


@pytest.mark.django_db
@pytest.mark.parametrize("name", SHAPES)
def test_it_answers_as_a_query_that_is_compiled_now(name: str) -> None:
    """For values that it hasn't seen, too; the same rows, related rows, prefetched rows and columns."""
    _create_rows()
    build, fields, cases = SHAPES[name]
    query = Prepared(build, **fields)

    with prepared_queries_compared():
        sizes = [len(query(**given)) for given in [*cases, *reversed(cases)]]

    assert any(sizes)
    assert sizes[: len(cases)] == sizes[len(cases) :][::-1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_answers_so_where_the_server_binds_values() -> None:
    """Types of parameters are then the database's business."""
    _create_rows()
    options = connection.settings_dict["OPTIONS"]
    before = options.get("server_side_binding", False)
    try:
        options["server_side_binding"] = not before
        connection.close()
        assert _ask_all() > len(SHAPES)
    finally:
        options["server_side_binding"] = before
        connection.close()
    _ask_all()


@pytest.mark.django_db
def test_the_sql_is_that_of_the_queryset(django_assert_num_queries: Any) -> None:
    """To the letter, and one statement each."""
    _create_rows()
    query = Prepared(lambda p: Variant.objects.filter(sku=p.sku, product=p.product), sku=TEXT, product=key_of(Product))
    query.forget()

    with django_assert_num_queries(3) as context:
        query(sku="S-1", product=1)
        list(query.queryset(sku="S-2", product=2))
        query(sku="S-2", product=2)

    sent = [entry["sql"] for entry in context.captured_queries]
    assert sent[1] == sent[2] != sent[0]


@pytest.mark.django_db
def test_a_page_is_no_shape() -> None:
    """It is written behind what is kept."""
    _create_rows()
    query = Prepared(lambda p: Variant.objects.filter(pk__gte=p.first).order_by("pk"), first=NUMBER)

    pages = [[variant.pk for variant in query(first=1, page=(low, low + 2))] for low in range(4)]

    assert pages == [[1, 2], [2, 3], [3], []]
    assert query.shapes == 1


@pytest.mark.django_db
def test_the_only_row_and_the_first_row() -> None:
    """As a queryset's, errors included."""
    _create_rows()
    query = Prepared(lambda p: Variant.objects.filter(pk__gte=p.first).order_by("pk"), first=NUMBER)

    assert query.get(first=3).sku == "S-3"
    last, none = query.first(first=2), query.first(first=4)
    assert last is not None
    assert (last.sku, none) == ("S-2", None)
    with pytest.raises(Variant.DoesNotExist):
        query.get(first=4)
    with pytest.raises(Variant.MultipleObjectsReturned):
        query.get(first=2)


@pytest.mark.django_db
def test_an_empty_list_asks_nothing(django_assert_num_queries: Any) -> None:
    """In neither form."""
    query = Prepared(lambda p: Variant.objects.filter(pk__among=p.keys), keys=[NUMBER])

    with django_assert_num_queries(0):
        assert query(keys=[]) == query(keys=[]) == list(Variant.objects.filter(pk__among=[])) == []
