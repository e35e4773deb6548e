"""A product's page: the form, two people at once, what is missing to sell, duplicates, pictures, history."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow

from tradepost.catalogue.models import Collection, Product, Tag, Variant
from tradepost.core.actors import SYSTEM
from tradepost.inventory import services as inventory
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
from tradepost.pricing.services import NewPrice, set_prices
from tradepost.testing import factories as make

from .conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(shop: None) -> Any:
    """It sells."""
    make.tax()
    product = make.variant(sku="MUG", price="10.00", on_hand=5).product
    Product.objects.filter(pk=product.pk).update(name="Mug", slug="mug")
    return Product.objects.get(pk=product.pk)


def path(product: Any, rest: str = "") -> str:
    """Below the dashboard's address."""
    return f"products/{product.uuid}/{rest}"


def opened(desk: Desk, address: str, *, form: str = "form") -> dict[str, Any]:
    """The values that a browser would send of a page's form as it stands."""
    desk.get(address)
    assert desk.page.status_code == 200, desk.page.content.decode()
    shown = desk.page.context[form]
    values = {name: shown[name].value() for name in shown.fields}
    return {name: value for name, value in values.items() if value not in (None, False, "", [])}


def post(desk: Desk, address: str, data: dict[str, Any], **values: Any) -> Any:
    """Send it, with some fields filled in."""
    desk.page = desk.client.post(f"/dashboard/{address}", {**data, **values})
    return desk.page


def picture(colour: str = "red") -> bytes:
    """A small one."""
    file = BytesIO()
    Pillow.new("RGB", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


def test_a_product_is_added_with_all_that_it_needs_to_be_sold(boss: Desk, mug: Any) -> None:
    """By one form: texts, price, stock and a picture."""
    data = opened(boss, "products/new/")
    file = SimpleUploadedFile("x.png", picture(), "image/png")
    answer = post(boss, "products/new/", data, name="Tea bowl", sku="BOWL", price="12.50", units="7", picture=file)

    product = Product.objects.get(slug="tea-bowl")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/dashboard/{path(product)}")
    variant = product.variants.get()
    assert Price.objects.get(variant=variant).amount == Decimal("12.50")
    assert StockLevel.objects.get(variant=variant).on_hand == 7
    assert product.images.count() == 1
    boss.get(path(product))
    assert "Visitors can buy it now." in boss.text
    post(boss, "products/new/", data, name="Tea bowl", sku="BOWL")
    assert Product.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sku": "MUG"}, "sku"),
        ({"slug": "mug"}, "slug"),
        ({"price": "1e3"}, "price"),
        ({"units": "-1"}, "units"),
        ({"name": ""}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"product_type": "nothing"}, "product_type"),
        ({"picture": SimpleUploadedFile("x.png", b"nonsense", "image/png")}, "picture"),
    ],
)
def test_a_refusal_is_beside_its_field_and_nothing_is_made(boss: Desk, mug: Any, values: Any, field: str) -> None:
    """With what was typed."""
    data = opened(boss, "products/new/")
    answer = post(boss, "products/new/", data, **{"name": "Bowl", "sku": "BOWL", "price": "3", **values})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert answer.context["form"]["price"].value() == values.get("price", "3")
    assert Product.objects.count() == 1


def test_what_was_changed_is_saved(boss: Desk, mug: Any) -> None:
    """Texts, groups and details."""
    material = mug.product_type.attributes.create(code="material", name="Material", kind="text")
    category, tag = make.category("Kitchen"), Tag.objects.create(slug="new", name="New")
    collection = Collection.objects.create(slug="gifts", name="Gifts")
    data = opened(boss, path(mug))
    chosen = {"categories": ["kitchen"], "tags": ["new"], "collections": ["gifts"]}
    answer = post(boss, path(mug), data, name="Big mug", attribute_material="oak", **chosen)

    assert answer.status_code == 303, answer.content.decode()
    mug.refresh_from_db()
    assert (mug.name, mug.attributes, mug.is_published) == ("Big mug", {material.code: "oak"}, True)
    assert (mug.categories.get(), mug.tags.get(), collection.products.get()) == (category, tag, mug)
    data = opened(boss, path(mug))
    del data["is_published"]
    post(boss, path(mug), {**data, "collections": []})
    mug.refresh_from_db()
    assert (mug.is_published, collection.products.exists()) == (False, False)


def test_nothing_is_written_where_nothing_was_changed(boss: Desk, mug: Any) -> None:
    """The version says so."""
    mug.product_type.attributes.create(code="size", name="Size", kind="number")
    Product.objects.filter(pk=mug.pk).update(attributes={"size": 2.5}, description="One\n\nTwo")
    version = Product.objects.get(pk=mug.pk).version
    data = opened(boss, path(mug))
    post(boss, path(mug), data, description="One\r\n\r\nTwo")

    assert Product.objects.get(pk=mug.pk).version == version


def test_two_people_change_different_fields(boss: Desk, mug: Any) -> None:
    """Both hold."""
    mine, theirs = opened(boss, path(mug)), opened(boss, path(mug))
    post(boss, path(mug), theirs, brand="Kiln")
    answer = post(boss, path(mug), mine, name="Big mug")

    mug.refresh_from_db()
    assert (answer.status_code, mug.name, mug.brand) == (303, "Big mug", "Kiln")


def test_two_people_change_the_same_field(boss: Desk, mug: Any) -> None:
    """The second one is shown both, and chooses."""
    mine, theirs = opened(boss, path(mug)), opened(boss, path(mug))
    post(boss, path(mug), theirs, name="Small mug")
    answer = post(boss, path(mug), mine, name="Big mug", brand="Kiln")

    assert answer.status_code == 409
    assert "Stored now: Small mug" in boss.text
    assert (answer.context["form"]["name"].value(), answer.context["form"]["brand"].value()) == ("Big mug", "Kiln")
    mug.refresh_from_db()
    assert (mug.name, mug.brand) == ("Small mug", "")
    again = {**mine, "name": "Big mug", "brand": "Kiln", "seen": answer.context["form"]["seen"].value()}
    post(boss, path(mug), again, theirs=["name"])
    mug.refresh_from_db()
    assert (mug.name, mug.brand) == ("Small mug", "Kiln")
    data = {**again, "form_key": opened(boss, path(mug))["form_key"]}
    assert post(boss, path(mug), data).status_code == 303
    mug.refresh_from_db()
    assert mug.name == "Big mug"


@pytest.mark.parametrize("seen", ["", "nonsense", "[]", '{"name": 3}', "9" * 5000])
def test_a_mark_that_says_nothing_is_no_fault(boss: Desk, mug: Any, seen: str) -> None:
    """Then the last one wins, or is asked."""
    assert post(boss, path(mug), opened(boss, path(mug)), name="Big mug", seen=seen).status_code in (303, 409)


def test_the_details_of_another_type_are_shown_before_it_is_saved(boss: Desk, mug: Any) -> None:
    """And asked for where they are required."""
    lamps = make.product_type("lamps")
    lamps.attributes.create(code="watts", name="Watts", kind="number", required=True)
    data = opened(boss, path(mug))
    answer = post(boss, path(mug), data, product_type="lamps", do="preview")
    assert (answer.status_code, "Watts" in boss.text) == (200, True)
    answer = post(boss, path(mug), data, product_type="lamps")
    assert (answer.status_code, "Watts is required." in boss.text) == (422, True)
    post(boss, path(mug), data, product_type="lamps", attribute_watts="40")
    mug.refresh_from_db()
    assert (mug.product_type, mug.attributes) == (lamps, {"watts": 40})


def test_what_is_missing_is_told_and_disappears(boss: Desk, shop: None) -> None:
    """One thing after the other."""
    make.tax()
    product = make.product(name="Vase", is_published=False)
    boss.get(path(product))
    assert "Nobody can buy it yet" in boss.text
    assert "Add one with its SKU" in boss.text
    variant = Variant.objects.create(product=product, sku="VASE")
    boss.get(path(product))
    assert "It has no price." in boss.text
    assert "Nothing is in stock." in boss.text
    make.price(variant, "3.00")
    inventory.receive(variant.pk, make.location().pk, 2, by=SYSTEM)
    Product.objects.filter(pk=product.pk).update(is_published=True)
    boss.get(path(product))
    assert "Visitors can buy it now." in boss.text
    assert "It has no picture." in boss.text


def test_a_copy_is_hidden_and_has_prices_and_no_stock(boss: Desk, mug: Any) -> None:
    """With SKUs and an address of its own, however often."""
    mug.tags.add(Tag.objects.create(slug="new", name="New"))
    for _time in range(2):
        boss.act(path(mug, "act/duplicate/"))
    copies = Product.objects.exclude(pk=mug.pk).order_by("pk")

    assert [(row.name, row.slug, row.is_published) for row in copies] == [
        ("Copy of Mug", "copy-of-mug", False),
        ("Copy of Mug", "copy-of-mug-2", False),
    ]
    assert [row.variants.get().sku for row in copies] == ["MUG-copy", "MUG-copy-2"]
    variant = copies[0].variants.get()
    assert Price.objects.get(variant=variant).amount == Decimal(10)
    assert not StockLevel.objects.filter(variant=variant).exists()
    assert copies[0].tags.get().slug == "new"


def test_it_is_archived_and_restored(boss: Desk, mug: Any) -> None:
    """By buttons that say what happens."""
    boss.act(path(mug, "act/archive/"))
    mug.refresh_from_db()
    assert mug.archived_at is not None
    boss.act(path(mug, "act/restore/"))
    mug.refresh_from_db()
    assert mug.archived_at is None


def test_whoever_may_only_look_saves_nothing(as_role: Any, mug: Any) -> None:
    """Nor is there a button."""
    desk = as_role("support")
    data = opened(desk, path(mug))
    assert 'type="submit" form=' not in desk.page.content.decode()
    assert post(desk, path(mug), data, name="Big mug").status_code == 403
    assert post(desk, path(mug, "pictures/"), {"do": "upload"}).status_code == 403
    mug.refresh_from_db()
    assert mug.name == "Mug"


def test_pictures_are_added_described_ordered_and_removed(boss: Desk, mug: Any) -> None:
    """Without JavaScript; a file that is none is told by its name."""
    files = [SimpleUploadedFile(f"{name}.png", picture(name), "image/png") for name in ("red", "blue", "green")]
    bad = SimpleUploadedFile("bad.png", b"nonsense", "image/png")
    page = path(mug, "pictures/")
    boss.client.post(f"/dashboard/{page}", {"do": "upload", "files": [*files, bad]})
    boss.get(page)
    assert ["3 pictures were added." in text or "bad.png" in text for text in boss.messages] == [True, True]
    red, blue, green = (str(row.uuid) for row in mug.images.all())

    order = {"order": [red, blue, green]}
    post(boss, page, order, do=f"down:{red}", **{f"alt-{blue}": "A blue mug", f"variant-{blue}": "MUG"})
    assert [str(row.uuid) for row in mug.images.all()] == [blue, red, green]
    assert (mug.images.all()[0].alt, mug.images.all()[0].variant.sku) == ("A blue mug", "MUG")
    post(boss, page, {"order": [green, blue, red, "nonsense"]}, do="save")
    assert [str(row.uuid) for row in mug.images.all()] == [green, blue, red]
    post(boss, page, {}, do=f"remove:{green}")
    assert [str(row.uuid) for row in mug.images.all()] == [blue, red]
    for do in ("remove:nonsense", "up:\x00", "", "first:"):
        assert post(boss, page, {"order": "\x00"}, do=do).status_code == 303


def test_the_history_is_a_line_and_the_table_of_it(boss: Desk, mug: Any) -> None:
    """Of prices on each list and of units at each place."""
    variant = mug.variants.get()
    price = Price.objects.get(variant=variant)
    set_prices(price.price_list, [NewPrice(variant.pk, Decimal("12.00"))])
    inventory.receive(variant.pk, StockLevel.objects.get(variant=variant).location_id, 3, by=SYSTEM, note="Pallet")
    inventory.receive(variant.pk, StockLevel.objects.get(variant=variant).location_id, 1, by=SYSTEM)
    boss.get(path(mug, "history/"))

    assert "€12.00" in boss.text
    assert "Received Pallet" in boss.text
    assert "<polyline" in boss.page.content.decode()
    assert boss.get(path(mug, "history/"), sku="\x00").status_code == 200
