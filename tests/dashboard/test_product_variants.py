"""The sheet of variants: cells, two people at once, options, one more, and what a role may change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from tradepost.catalogue.models import Product, Variant
from tradepost.core.actors import SYSTEM
from tradepost.inventory import services as inventory
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
from tradepost.testing import factories as make

from .conftest import Desk
from .test_product_page import opened, path, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def shirt(shop: None) -> Any:
    """In two sizes, at 10.00, five of each."""
    product = make.product(name="Shirt", slug="shirt", option_names=["Size"])
    for size in ("S", "M"):
        make.variant(product=product, sku=f"SHIRT-{size}", options={"Size": size}, price="10.00", on_hand=5)
    return product


def sheet(desk: Desk, product: Any) -> dict[str, str]:
    """The values that a browser would send of the sheet as it stands."""
    hidden = opened(desk, path(product, "variants/"), form="sheet_form")
    cells = {cell.name: cell.text for _row, line in desk.page.context["lines"] for cell in line if cell.column.may_edit}
    return {**hidden, **cells, "do": "save"}


def cell(desk: Desk, column: str, sku: str) -> str:
    """The name of a cell of the sheet that is open."""
    pairs = [(row, shown) for row, line in desk.page.context["lines"] for shown in line]
    return next(shown.name for row, shown in pairs if row.sku == sku and shown.column.key.startswith(column))


def save(desk: Desk, product: Any, data: dict[str, str], **values: str) -> Any:
    """Send it."""
    return post(desk, path(product, "variants/"), data, **values)


def facts(sku: str) -> tuple[Decimal | None, int]:
    """Price and stock."""
    price = Price.objects.filter(variant__sku=sku).first()
    return price and price.amount, StockLevel.objects.get(variant__sku=sku).on_hand


def test_cells_are_saved_together(boss: Desk, shirt: Any) -> None:
    """Each by the service that owns it; others stay."""
    data = sheet(boss, shirt)
    names = {key: cell(boss, key, "SHIRT-S") for key in ("price", "stock", "barcode", "weight", "option")}
    values = {"price": "12.50", "stock": "9", "barcode": "4006", "weight": "120", "option": "XS"}
    answer = save(boss, shirt, data, **{names[key]: value for key, value in values.items()})

    assert answer.status_code == 303, answer.content.decode()
    variant = Variant.objects.get(sku="SHIRT-S")
    assert (variant.barcode, variant.weight, variant.options) == ("4006", 120, {"Size": "XS"})
    assert (facts("SHIRT-S"), facts("SHIRT-M")) == ((Decimal("12.50"), 9), (Decimal(10), 5))
    boss.get(path(shirt, "variants/"))
    assert boss.messages == ["5 cells were changed."]


def test_one_value_is_given_to_all(boss: Desk, shirt: Any) -> None:
    """In the row above them."""
    data = sheet(boss, shirt)
    price = next(column.key for column in boss.page.context["sheet"].columns if column.kind == "price")
    save(boss, shirt, data, **{f"all.{price}": "8", "all.weight": "100"})

    assert (facts("SHIRT-S"), facts("SHIRT-M")) == ((Decimal(8), 5), (Decimal(8), 5))
    assert set(Variant.objects.values_list("weight", flat=True)) == {100}


def test_an_emptied_price_is_taken_away(boss: Desk, shirt: Any) -> None:
    """And nothing else."""
    data = sheet(boss, shirt)
    save(boss, shirt, data, **{cell(boss, "price", "SHIRT-S"): ""})

    assert (facts("SHIRT-S"), facts("SHIRT-M")) == ((None, 5), (Decimal(10), 5))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("price", "cheap"),
        ("price", "-1"),
        ("price", "1e3"),
        ("stock", "-1"),
        ("stock", "1.5"),
        ("weight", ""),
        ("weight", "9" * 30),
        ("sku", "SHIRT-M"),
        ("sku", ""),
        ("option", ""),
        ("option", "m"),
        ("option", "x" * 256),
    ],
)
def test_a_refusal_is_told_and_nothing_is_saved(boss: Desk, shirt: Any, column: str, value: str) -> None:
    """Beside the cell where it is about one; what was typed is kept."""
    data = sheet(boss, shirt)
    name, other = cell(boss, column, "SHIRT-S"), cell(boss, "barcode", "SHIRT-M")
    answer = save(boss, shirt, data, **{name: value, other: "4006"})

    assert answer.status_code == 422
    assert answer.context["sheet_form"].errors
    shown = {entry.name: entry.text for _row, line in answer.context["lines"] for entry in line}
    assert (shown[name], shown[other]) == (value, "4006")
    assert not Variant.objects.filter(barcode="4006").exists()
    assert facts("SHIRT-S") == (Decimal(10), 5)


def test_two_sizes_change_places(boss: Desk, shirt: Any) -> None:
    """All options are compared at the end."""
    data = sheet(boss, shirt)
    save(boss, shirt, data, **{cell(boss, "option", "SHIRT-S"): "M", cell(boss, "option", "SHIRT-M"): "S"})

    assert Variant.objects.get(sku="SHIRT-S").options == {"Size": "M"}


def test_a_sale_meanwhile_is_shown_and_not_undone(boss: Desk, shirt: Any) -> None:
    """A stock that both changed is asked about; other cells wait with it."""
    data = sheet(boss, shirt)
    name, price = cell(boss, "stock", "SHIRT-S"), cell(boss, "price", "SHIRT-S")
    level = StockLevel.objects.get(variant__sku="SHIRT-S")
    inventory.adjust(level.variant_id, level.location_id, -2, by=SYSTEM)

    assert save(boss, shirt, data, **{price: "11"}).status_code == 303
    assert facts("SHIRT-S") == (Decimal(11), 3)
    answer = save(boss, shirt, {**data, "form_key": sheet(boss, shirt)["form_key"], price: "11"}, **{name: "6"})
    assert (answer.status_code, "Stored now: 3" in boss.text) == (409, True)
    assert facts("SHIRT-S") == (Decimal(11), 3)
    again = {**data, price: "11", name: "6", "seen": answer.context["sheet_form"]["seen"].value()}
    save(boss, shirt, again, form_key=sheet(boss, shirt)["form_key"])
    assert facts("SHIRT-S") == (Decimal(11), 6)


def test_a_variant_is_withdrawn_and_sold_again(boss: Desk, shirt: Any) -> None:
    """Cells that were typed are saved with it."""
    data = sheet(boss, shirt)
    variant = Variant.objects.get(sku="SHIRT-S")
    save(boss, shirt, data, do=f"archive:{variant.pk}", **{cell(boss, "barcode", "SHIRT-M"): "4006"})
    variant.refresh_from_db()
    assert variant.archived_at is not None
    assert Variant.objects.get(sku="SHIRT-M").barcode == "4006"
    boss.get(path(shirt, "variants/"), archived="yes")
    assert "Sell again" in boss.text
    save(boss, shirt, {**sheet(boss, shirt)}, do=f"restore:{variant.pk}")
    variant.refresh_from_db()
    assert variant.archived_at is None
    assert save(boss, shirt, sheet(boss, shirt), do="archive:nonsense").status_code == 303


def test_options_make_variants_of_all_combinations(boss: Desk, shirt: Any) -> None:
    """Those that are there get the first value of what is new."""
    data = opened(boss, path(shirt, "variants/"), form="options_form")
    values = {"name-1": "Colour", "values-1": "red, blue", "do": "options"}
    answer = post(boss, path(shirt, "variants/"), data, **values)

    assert answer.status_code == 303, boss.text
    options = {row.sku: row.options for row in Variant.objects.filter(product=shirt)}
    assert options["SHIRT-S"] == {"Size": "S", "Colour": "red"}
    assert options["shirt-s-blue"] == {"Size": "S", "Colour": "blue"}
    assert len(options) == 4


def test_an_option_is_renamed_or_taken_away(boss: Desk, shirt: Any) -> None:
    """Values stay; two that would be the same are refused."""
    data = opened(boss, path(shirt, "variants/"), form="options_form")
    post(boss, path(shirt, "variants/"), data, **{"name-0": "Cut", "do": "options"})
    assert Variant.objects.get(sku="SHIRT-S").options == {"Cut": "S"}
    data = opened(boss, path(shirt, "variants/"), form="options_form")
    answer = post(boss, path(shirt, "variants/"), data, **{"name-0": "", "do": "options"})
    assert answer.status_code == 422
    assert Product.objects.get(pk=shirt.pk).option_names == ["Cut"]


def test_too_many_combinations_are_refused(boss: Desk, shirt: Any) -> None:
    """With their number."""
    data = opened(boss, path(shirt, "variants/"), form="options_form")
    many = ", ".join(map(str, range(60)))
    answer = post(boss, path(shirt, "variants/"), data, **{"name-1": "Number", "values-1": many, "do": "options"})

    assert (answer.status_code, "118 variants" in boss.text) == (422, True)
    assert Variant.objects.count() == 2


def test_one_more_variant_is_added(boss: Desk, shirt: Any) -> None:
    """With its options; one that is there already is refused."""
    data = opened(boss, path(shirt, "variants/"), form="add_form")
    values = {"sku": "SHIRT-L", "option-0": "L", "do": "add"}
    assert post(boss, path(shirt, "variants/"), data, **values).status_code == 303
    assert Variant.objects.get(sku="SHIRT-L").options == {"Size": "L"}
    for wrong in ({"sku": "SHIRT-L", "option-0": "XL"}, {"sku": "SHIRT-2", "option-0": "l"}):
        data = opened(boss, path(shirt, "variants/"), form="add_form")
        assert post(boss, path(shirt, "variants/"), data, **{**values, **wrong}).status_code == 422


def test_who_may_not_change_prices_sees_them(django_user_model: Any, shirt: Any) -> None:
    """And whoever sends them all the same changes nothing."""
    user = django_user_model.objects.create_user("eve", "eve@example.com", "secret", is_staff=True)
    seen = Permission.objects.filter(codename__in=["view_product", "view_variant", "view_price"])
    user.user_permissions.set(seen)
    desk = Desk(user)
    data = sheet(desk, shirt)
    price = cell(desk, "price", "SHIRT-S")
    assert price not in data
    save(desk, shirt, data, **{price: "1"})
    assert facts("SHIRT-S") == (Decimal(10), 5)
    assert post(desk, path(shirt, "variants/"), {"do": "options"}).status_code == 403
    assert post(desk, path(shirt, "variants/"), {"do": "add"}).status_code == 403


def test_a_hundred_variants_are_two_pages(boss: Desk, shirt: Any) -> None:
    """No form has more fields than Django takes."""
    for number in range(130):
        Variant.objects.create(product=shirt, sku=f"X{number}", options={"Size": f"x{number}"})
    data = sheet(boss, shirt)
    assert (len(data) < 1000, boss.page.context["has_more"]) == (True, True)
    assert boss.get(path(shirt, "variants/"), page="2").status_code == 200
    assert boss.get(path(shirt, "variants/"), page="x").status_code == 200
    assert boss.get(path(shirt, "variants/"), page="999").status_code == 200
