"""Goods out of ``catalogue/*.toml``, as rows for the library's importer, and the pictures that they need."""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from tradepost.console.imports import ProductRow, VariantRow

from .pictures import Picture

__all__ = ["Goods", "number_for", "read_goods", "read_shop"]

_BOXES = {  # in millimetres, by shape
    "basket": (420, 320, 300),
    "cushion": (500, 500, 180),
    "floorlamp": (980, 360, 340),
    "lamp": (520, 340, 340),
    "pendant": (450, 450, 320),
    "throw": (400, 300, 120),
    "tree": (700, 300, 300),
}
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Goods:
    """One product."""

    row: ProductRow
    pictures: Sequence[Picture]


def number_for(text: str, below: int) -> int:
    """A number that looks random and is the same every time."""
    return zlib.crc32(text.encode()) % below


def read_shop() -> dict[str, Any]:
    """``shop.toml``."""
    return tomllib.loads((HERE / "shop.toml").read_text(encoding="utf-8"))


def read_goods(colours: Mapping[str, str]) -> Iterator[tuple[Mapping[str, Any], list[Goods]]]:
    """Each file of the catalogue, and its goods."""
    for scene, path in enumerate(sorted((HERE / "catalogue").glob("*.toml"))):
        page = tomllib.loads(path.read_text(encoding="utf-8"))
        yield page, [_goods(page, item, colours, scene) for item in page["products"]]


def _goods(page: Mapping[str, Any], item: Mapping[str, Any], colours: Mapping[str, str], scene: int) -> Goods:
    slug = slugify(item["name"])
    options = _options(item)
    row = ProductRow(
        line=0,
        slug=slug,
        type_code=item.get("type", page["type"]),
        fields={
            "name": item["name"],
            "summary": item["summary"],
            "description": f"{item['text']}\n\n{page['note']}",
            "brand": item.get("brand", page["brand"]),
            "is_featured": item.get("featured", False),
            "is_published": item.get("published", True),
            "option_names": [name for name, _ in options],
        },
        attributes=item.get("attributes", {}),
        tags=[*page["tags"], *item.get("tags", [])],
        categories=[(page["category"], item["in"])],
        variants=[
            _variant(item, slug, dict(zip((name for name, _ in options), values, strict=True)))
            for values in product(*(values for _, values in options))
        ],
    )
    return Goods(row, _pictures(item, slug, colours, scene))


def _box(item: Mapping[str, Any]) -> dict[str, int]:
    """Of what is large for its weight, how large the box is."""
    return dict(zip(("length", "width", "height"), _BOXES.get(item["shape"], ()), strict=False))


def _options(item: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    result = [("Colour", item["colours"])] if len(item.get("colours", ())) > 1 else []
    result += [("Size", list(item["sizes"]))] if "sizes" in item else []
    return [*result, *item.get("options", {}).items()]


def _variant(item: Mapping[str, Any], slug: str, options: dict[str, str]) -> VariantRow:
    parts = [slug, *(slugify(value) for value in options.values())]
    sku = "-".join(part[:3] if n else "".join(w[:4] for w in part.split("-")[:2]) for n, part in enumerate(parts))
    extra = Decimal(item.get("sizes", {}).get(options.get("Size", ""), "0"))
    was = item.get("was")
    return VariantRow(
        line=0,
        sku=f"{sku.upper()}-{number_for('/'.join(parts), 900) + 100}",
        options=options,
        fields=_box(item) | {"weight": item["weight"], "unit_cost": round(Decimal(item["price"]) * Decimal("0.45"), 2)},
        has_price=True,
        price=Decimal(item["price"]) + extra,
        was=Decimal(was) + extra if was else None,
        stock=_stock(item, "/".join(parts)),
    )


def _stock(item: Mapping[str, Any], key: str) -> int:
    """Mostly plenty; now and then few, or none."""
    if "stock" in item:
        return int(item["stock"])
    chance = number_for(f"stock {key}", 20)
    return 0 if chance == 0 else (chance if chance <= 3 else 15 + number_for(f"units {key}", 60))


def _pictures(item: Mapping[str, Any], slug: str, colours: Mapping[str, str], scene: int) -> list[Picture]:
    names = item.get("colours") or [item["colour"]]
    several = len(names) > 1
    pictures = [
        Picture(
            slug, n, item["shape"], colours[name], f"{item['name']}, {name.lower()}" if several else item["name"],
            name if several else "", scene=scene,
        )
        for n, name in enumerate(names)
    ]  # fmt: skip
    if item.get("featured") or not several:
        pictures.append(
            Picture(
                slug,
                len(names),
                item["shape"],
                colours[names[0]],
                f"{item['name']}, close",
                close=True,
                scene=scene + 1,
            )
        )
    return pictures
