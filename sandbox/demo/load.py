"""Loads the demonstration into an empty database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from tradepost.catalogue.models import Image, Product, Variant
from tradepost.console.imports import ProductRow, Writer
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.inventory.models import Location
from tradepost.orders.services import count_best_sellers, evaluate_due_tiers
from tradepost.pricing.models import PriceList

from . import selling
from .drafts import open_drafts
from .goods import read_goods, read_shop
from .orders import ORDERS, place_orders
from .pictures import Picture, draw_all

__all__ = ["is_loaded", "load", "load_goods", "steps"]

Tick = Callable[[str, int], None]


def is_loaded() -> bool:
    """Whether there are goods already."""
    return Product.objects.exists()


def steps() -> dict[str, int]:
    """The steps of loading, and how much each has to do."""
    goods = [result for _, page in read_goods(read_shop()["colours"]) for result in page]
    pictures = sum(len(article.pictures) for article in goods)
    return {"Pictures": pictures, "Goods": len(goods), "Orders": ORDERS}


def load(tick: Tick) -> None:
    """Fill the shop.

    Args:
        tick: Told the step and how much more of it is done.
    """
    load_goods(tick)
    place_orders(lambda: tick("Orders", 1))
    with transaction.atomic():
        selling.make_tiers(read_shop())
    evaluate_due_tiers()
    count_best_sellers()
    open_drafts()


def load_goods(tick: Tick, *, pictured: Collection[str] | None = None) -> None:
    """Fill the shop but for its orders.

    Args:
        tick: Told the step and how much more of it is done.
        pictured: Categories whose goods get their pictures; ``None`` for all.
    """
    data = read_shop()
    pages = list(read_goods(data["colours"]))
    goods = [entry for _, page in pages for entry in page]
    drawn = [entry for head, page in pages if pictured is None or head["category"] in pictured for entry in page]
    files: dict[Picture, str] = {}

    def keep(picture: Picture, image: bytes) -> None:
        default_storage.delete(picture.file)
        files[picture] = default_storage.save(picture.file, ContentFile(image))
        tick("Pictures", 1)

    draw_all([picture for entry in drawn for picture in entry.pictures], keep)
    with transaction.atomic():  # all of it or nothing, for a shop with goods counts as loaded
        selling.make_types(data)
        with clock.at(clock.now() - timedelta(days=120)):  # so that prices have a history
            _write_goods([entry.row for entry in reversed(goods)], tick)  # so that the first ones are the newest
        selling.make_prices(data)
        selling.make_rules(data)
        selling.make_collections(data, {page["category"]: page["description"] for page, _ in pages})
        selling.make_people(data)
        _hang(files)


def _write_goods(rows: Sequence[ProductRow], tick: Tick) -> None:
    writer = Writer(
        price_list=PriceList.objects.get(code="eur"),
        location=Location.objects.get(code="kiel"),
        by=By(Actor.SYSTEM, label="demonstration"),
    )
    for start in range(0, len(rows), 20):
        chunk = rows[start : start + 20]
        writer.write(chunk)
        tick("Goods", len(chunk))
    if writer.report.problems:
        raise ValueError("; ".join(map(str, writer.report.problems)))


def _hang(files: Mapping[Picture, str]) -> None:
    """Give products their pictures, and the first variant of each colour the one that shows it."""
    products = {product.slug: product.pk for product in Product.objects.all()}
    shown: dict[tuple[int, str], int] = {}
    for variant in Variant.objects.order_by("position"):
        shown.setdefault((variant.product_id, variant.options.get("Colour", "")), variant.pk)
    Image.objects.bulk_create(
        Image(
            product_id=products[picture.slug],
            variant_id=shown[products[picture.slug], picture.option] if picture.option else None,
            file=name,
            alt=picture.alt,
            position=picture.number,
        )
        for picture, name in files.items()
    )
