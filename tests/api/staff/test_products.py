"""Staff make, find, change and archive products and variants by the API."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Attribute, Product, ProductType, Tag, Variant
from tradepost.core.extending.exposed_fields import PUBLIC, STAFF, expose
from tradepost.testing import factories

from .conftest import Goods, Staff, errors

pytestmark = pytest.mark.django_db

SHIRT = {
    "product_type": "clothing",
    "name": "Linen shirt",
    "summary": "Cool in summer.",
    "brand": "Loom",
    "option_names": ["Size"],
    "attributes": {"material": "linen", "weight": "0.25"},
    "metadata": {"season": "summer"},
    "categories": ["shirts"],
    "tags": ["new"],
    "is_featured": True,
    "variants": [
        {"sku": "LINEN-S", "options": {"Size": "S"}, "unit_cost": {"amount": "9.1250", "currency": "EUR"}},
        {"sku": "LINEN-M", "options": {"size": "M"}, "weight": 210, "track_stock": False},
    ],
}


@pytest.fixture
def clothing() -> ProductType:
    """A type with a required choice and a number; a category and a tag."""
    kind = factories.product_type("clothing", tax_class="reduced")
    Attribute.objects.create(
        product_type=kind, code="material", name="Material", kind="choice", choices=["linen", "wool"], required=True
    )
    Attribute.objects.create(product_type=kind, code="weight", name="Weight", kind="number", unit="kg")
    factories.category("Shirts", slug="shirts")
    Tag.objects.create(slug="new", name="New")
    return kind


@pytest.mark.parametrize(
    ("role", "is_shown"),
    [
        ("catalogue", True),
        ("orders", True),
        ("support", True),
        ("marketing", True),
        ("administrator", True),
        ("", False),
    ],
)
def test_what_a_variant_costs_is_seen_by_who_may_view_variants(
    staff: Callable[[str], Staff], role: str, is_shown: bool
) -> None:
    """A column of the variant, as in the admin; a product's answer shows it to nobody else."""
    factories.variant(product=factories.product(slug="mug"), sku="MUG", unit_cost="2.5000")
    caller = staff(role)
    caller.permit("view_product")
    variant = caller.get("products/mug/").json()["variants"][0]

    assert (caller.get("variants/").status_code == 200) is is_shown
    assert variant["unit_cost"] == ({"amount": "2.50", "currency": "EUR"} if is_shown else None)


def test_a_product_is_made_with_its_variants(goods: Goods, clothing: ProductType) -> None:
    """Everything comes back, with what was made of it: slug, positions, numbers, spelling of options."""
    answer = goods("post", "products/", SHIRT)

    body = answer.json()
    assert answer.status_code == 201
    assert {name: body[name] for name in SHIRT if name not in ("variants", "attributes")} == {
        name: value for name, value in SHIRT.items() if name not in ("variants", "attributes")
    }
    assert (body["slug"], body["attributes"]) == ("linen-shirt", {"material": "linen", "weight": 0.25})
    assert (body["tax_class"], body["effective_tax_class"], body["archived_at"]) == ("", "reduced", None)
    small, medium = body["variants"]
    assert (small["sku"], small["options"], small["label"], small["position"]) == ("LINEN-S", {"Size": "S"}, "S", 0)
    assert (small["unit_cost"], small["track_stock"]) == ({"amount": "9.125", "currency": "EUR"}, None)
    assert (medium["options"], medium["weight"], medium["track_stock"], medium["position"]) == (
        {"Size": "M"},
        210,
        False,
        1,
    )
    assert goods("get", "products/linen-shirt/").json() == body


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"product_type": "shoes"}, ("invalid", "product_type")),
        ({"name": None}, ("null", "name")),
        ({"name": 5}, ("invalid", "name")),
        ({"nmae": "Shirt"}, ("unknown_field", "nmae")),
        ({"is_featured": "yes"}, ("invalid", "is_featured")),
        ({"attributes": {"material": "silk"}}, ("invalid", "attributes")),
        ({"attributes": {"weight": 1}}, ("invalid", "attributes")),
        ({"attributes": {"material": "linen", "colour": "red"}}, ("invalid", "attributes")),
        ({"categories": ["shirts", "nowhere"]}, ("invalid", "categories")),
        ({"tags": ["old"]}, ("invalid", "tags")),
        ({"slug": "linen shirt"}, ("invalid", "slug")),
        ({"slug": "mug"}, ("unique", "slug")),
        ({"option_names": ["Size", "size"]}, ("duplicate_option_name", "option_names")),
        ({"extra": {"isbn": "1"}}, ("unknown_field", "extra.isbn")),
        ({"variants": [{"sku": "A", "options": {"Size": "S"}}, {"sku": "B", "options": {"Size": "s"}}]}, None),
        ({"variants": [{"sku": "A", "options": {"Colour": "red"}}]}, ("unknown_option", "options")),
        ({"variants": [{"sku": "TAKEN", "options": {"Size": "S"}}]}, ("unique", "sku")),
        ({"variants": [{"sku": "A", "options": {"Size": 4}}]}, ("invalid", "variants.0.options.Size")),
        (
            {"variants": [{"sku": "A", "unit_cost": {"amount": "1", "currency": "USD"}}]},
            ("own", "variants.0.unit_cost"),
        ),
        (
            {"variants": [{"sku": "A", "unit_cost": {"amount": "999999999999999.9999", "currency": "EUR"}}]},
            ("digits", "variants.0.unit_cost"),
        ),
    ],
)
def test_a_product_that_cannot_be_is_refused_whole(
    goods: Goods, clothing: ProductType, change: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    """With the field and a code; nothing of it is stored."""
    factories.variant(product=factories.product(slug="mug"), sku="TAKEN")

    answer = goods("post", "products/", {**SHIRT, **change})

    assert errors(answer) == [(400, ""), expected or ("duplicate_options", "options")]
    assert (Product.objects.count(), Variant.objects.count()) == (1, 1)


def test_only_what_is_given_changes(goods: Goods, clothing: ProductType) -> None:
    """Attributes and metadata are merged; null takes a key away; slugs replace."""
    before = goods("post", "products/", SHIRT).json()

    change = {
        "name": "Shirt",
        "attributes": {"weight": None},
        "metadata": {"season": None, "year": 2027},
        "tags": [],
        "tax_class": "standard",
    }
    body = goods("patch", "products/linen-shirt/", change).json()

    expected = {**before, "name": "Shirt", "attributes": {"material": "linen"}, "metadata": {"year": 2027}, "tags": []}
    expected |= {"tax_class": "standard", "effective_tax_class": "standard", "updated_at": body["updated_at"]}
    expected |= {"version": before["version"] + 1}
    assert body == expected
    assert body["updated_at"] > before["updated_at"]


def test_a_change_to_what_is_there_already_writes_nothing(goods: Goods, clothing: ProductType) -> None:
    """Neither a row nor a new moment of its last change, which would make lists and answers anew."""
    before = goods("post", "products/", SHIRT).json()

    with CaptureQueriesContext(connection) as queries:
        after = goods("patch", "products/linen-shirt/", {"name": "Linen shirt", "attributes": {"weight": 0.25}}).json()

    assert after == before
    assert [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_values_of_an_attribute_that_is_gone_do_not_stand_in_the_way(goods: Goods, clothing: ProductType) -> None:
    """They leave with the next change; one that is sent is refused by its name."""
    goods("post", "products/", SHIRT)
    assert goods("delete", "product-types/clothing/attributes/weight/").status_code == 204

    refused = goods("patch", "products/linen-shirt/", {"attributes": {"weight": 2}})
    body = goods("patch", "products/linen-shirt/", {"attributes": {"material": "wool"}}).json()

    assert errors(refused) == [(400, ""), ("invalid", "attributes")]
    assert body["attributes"] == {"material": "wool"}


def test_a_product_is_shown_hidden_archived_and_restored(goods: Goods) -> None:
    """As by the buttons of the admin; twice is once."""
    factories.product(slug="mug")
    states = []
    for act in ("hide", "hide", "publish", "archive", "archive", "restore"):
        body = goods("post", f"products/mug/{act}/").json()
        states.append((body["is_published"], body["archived_at"] is not None))

    assert states == [(False, False), (False, False), (True, False), (True, True), (True, True), (True, False)]


def test_options_change_with_all_values_at_once(goods: Goods, clothing: ProductType) -> None:
    """A variant that isn't named keeps its values, in the new spelling."""
    goods("post", "products/", SHIRT)

    change = partial(goods, "post", "products/linen-shirt/options/", match="*")

    refused = change({"option_names": ["Size", "Colour"]})
    foreign = change({"option_names": ["Size"], "variants": {"MUG": {}}})
    same = change({"option_names": ["Size"], "variants": {"LINEN-M": {"Size": "S"}}})
    body = change(
        {
            "option_names": ["SIZE", "Colour"],
            "variants": {"LINEN-S": {"Size": "S", "Colour": "red"}, "LINEN-M": {"Size": "M", "Colour": "red"}},
        },
    ).json()

    assert errors(refused) == [(400, ""), ("product_options_invalid", "options")]
    assert (errors(foreign), foreign.json()["context"]) == (
        [(400, ""), ("invalid", "variants")],
        {"unknown": ["MUG"]},
    )
    assert errors(same) == [(400, ""), ("duplicate_options", "options")]
    assert body["option_names"] == ["SIZE", "Colour"]
    assert [variant["options"] for variant in body["variants"]] == [
        {"SIZE": "S", "Colour": "red"},
        {"SIZE": "M", "Colour": "red"},
    ]


def test_variants_are_added_changed_archived_and_restored(goods: Goods, clothing: ProductType) -> None:
    """Two that are sold never look the same; an archived one may come back only while its place is free."""
    goods("post", "products/", SHIRT)

    added = goods("post", "products/linen-shirt/variants/", {"sku": "LINEN-L", "options": {"Size": "L"}})
    twice = goods("post", "products/linen-shirt/variants/", {"sku": "LINEN-X", "options": {"Size": "L"}})
    changed = goods("patch", "variants/LINEN-L/", {"sku": "LINEN.XL", "options": {"Size": "XL"}, "unit_cost": None})
    archived = goods("post", "variants/LINEN.XL/archive/")
    goods("post", "products/linen-shirt/variants/", {"sku": "NEW-XL", "options": {"Size": "XL"}})
    back = goods("post", "variants/LINEN.XL/restore/")

    assert (added.status_code, added.json()["position"]) == (201, 2)
    assert errors(twice) == [(400, ""), ("duplicate_options", "options")]
    assert (changed.json()["sku"], changed.json()["label"]) == ("LINEN.XL", "XL")
    assert archived.json()["archived_at"] is not None
    assert errors(back) == [(400, ""), ("duplicate_options", "options")]
    assert [row["sku"] for row in goods("get", "variants/?is_archived=true").json()["results"]] == ["LINEN.XL"]


def test_exposed_fields_are_written_by_those_who_may(goods: Goods, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of ``metadata`` here; one that isn't for writing is refused as one that isn't there."""
    monkeypatch.setattr("tradepost.core.extending.exposed_fields._declared", {})
    expose("tradepost_catalogue.Product", "metadata.care", read=PUBLIC, write=STAFF)
    expose("tradepost_catalogue.Product", "metadata.source", read=PUBLIC)
    factories.product(slug="mug", metadata={"source": "import"})

    body = goods("patch", "products/mug/", {"extra": {"care": "by hand"}, "metadata": {"x": 1}}).json()
    refused = goods("patch", "products/mug/", {"extra": {"source": "me"}})
    gone = goods("patch", "products/mug/", {"extra": {"care": None}}).json()

    assert body["extra"] == {"care": "by hand", "source": "import"}
    assert body["metadata"] == {"source": "import", "x": 1, "care": "by hand"}
    assert errors(refused) == [(400, ""), ("unknown_field", "extra.source")]
    assert gone["metadata"] == {"source": "import", "x": 1}


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["cup", "mug"]),
        ("?search=blue+MUG", ["mug"]),
        ("?search=M-1", ["mug"]),
        ("?category=kitchen", ["mug"]),
        ("?product_type=clothing", ["cup"]),
        ("?is_published=false", ["cup"]),
        ("?is_archived=true", ["cup"]),
        ("?ordering=name", ["mug", "cup"]),
        ("?tag=gift", ["mug"]),
    ],
)
def test_the_list_is_filtered_searched_and_ordered(goods: Goods, query: str, slugs: list[str]) -> None:
    """Hidden and archived products are in it."""
    mug = factories.product(slug="mug", name="Blue mug")
    mug.categories.add(factories.category("Kitchen", slug="kitchen"))
    mug.tags.add(Tag.objects.create(slug="gift", name="Gift"))
    for number in (1, 2):
        factories.variant(product=mug, sku=f"M-{number}", name=str(number))
    factories.product(slug="cup", name="Cup", product_type=factories.product_type("clothing"), is_published=False)
    goods("post", "products/cup/archive/")

    body = goods("get", f"products/{query}").json()

    assert [row["slug"] for row in body["results"]] == slugs


@pytest.mark.parametrize("query", ["category=nowhere", "is_published=perhaps", "ordering=price", "product_type=x"])
def test_a_filter_that_means_nothing_is_refused(goods: Goods, query: str) -> None:
    """Under its parameter."""
    assert errors(goods("get", f"products/?{query}")) == [
        (400, ""),
        ("invalid" if "perhaps" in query else "invalid_choice", query.partition("=")[0]),
    ]


def test_a_list_costs_the_same_with_one_row_and_with_fifty(goods: Goods) -> None:
    """Of products with their variants, categories and tags, and of variants."""
    costs: dict[str, list[int]] = {"products/": [], "variants/": [], "product-types/": []}
    goods("get", "products/")
    for number in (1, 49):
        for _ in range(number):
            row = factories.variant(product=factories.product(product_type=factories.product_type(f"t{_}{number}")))
            row.product.categories.add(factories.category())
            row.product.tags.add(Tag.objects.create(slug=row.sku.lower(), name=row.sku))
        for path, queries in costs.items():
            with CaptureQueriesContext(connection) as captured:
                assert len(goods("get", f"{path}?page_size=100").json()["results"]) == (1 if number == 1 else 50)
            queries.append(len(captured))

    assert [len(set(queries)) for queries in costs.values()] == [1, 1, 1], costs


def test_product_types_and_attributes_are_kept(goods: Goods, clothing: ProductType) -> None:
    """The values that products need stay, with their number."""
    created = goods(
        "post", "product-types/", {"code": "shoes", "name": "Shoes", "kind": "physical", "track_stock": False}
    )
    goods("post", "product-types/shoes/attributes/", {"code": "sole", "name": "Sole", "kind": "text"})
    wrong = goods("post", "product-types/shoes/attributes/", {"code": "heel", "name": "Heel", "kind": "choice"})
    changed = goods("patch", "product-types/shoes/attributes/sole/", {"kind": "choice", "choices": ["rubber"]})
    goods("post", "products/", SHIRT)
    kind = goods("patch", "product-types/clothing/attributes/material/", {"kind": "text", "choices": []})
    choice = goods("patch", "product-types/clothing/attributes/material/", {"choices": ["wool"]})
    free = goods("patch", "product-types/clothing/attributes/material/", {"choices": ["linen"], "required": False})
    used = goods("delete", "product-types/clothing/")
    unused = goods("delete", "product-types/shoes/")

    assert (created.status_code, created.json()["track_stock"], created.json()["attributes"]) == (201, False, [])
    assert errors(wrong) == [(400, ""), ("invalid", "choices")]
    assert changed.json()["attributes"][0]["choices"] == ["rubber"]
    assert (errors(kind), kind.json()["context"]) == ([(409, ""), ("in_use", None)], {"by": "products", "count": 1})
    assert choice.json()["context"] == {"by": "products", "count": 1, "choices": ["linen"]}
    assert (free.status_code, free.json()["attributes"][0]["required"]) == (200, False)
    assert (used.status_code, used.json()["context"]) == (409, {"by": "products", "count": 1})
    assert unused.status_code == 204
    assert list(ProductType.objects.values_list("code", flat=True)) == ["clothing"]


def test_tags_are_made_renamed_and_deleted(goods: Goods) -> None:
    """Products lose a deleted one."""
    product = factories.product()
    created = goods("post", "tags/", {"slug": "sale", "name": "Sale"})
    product.tags.set(Tag.objects.all())
    twice = goods("post", "tags/", {"slug": "sale", "name": "Again"})
    renamed = goods("patch", "tags/sale/", {"name": "Reduced"})
    gone = goods("delete", "tags/sale/")

    assert (created.status_code, errors(twice)) == (201, [(400, ""), ("unique", "slug")])
    assert (renamed.json(), gone.status_code) == ({"slug": "sale", "name": "Reduced"}, 204)
    assert not product.tags.exists()


def test_what_is_not_there_is_told(goods: Goods) -> None:
    """In our form, by every call with an address of its own."""
    for method, path in [
        ("get", "products/none/"),
        ("patch", "products/none/"),
        ("post", "products/none/archive/"),
        ("post", "variants/none/restore/"),
        ("get", "variants/none/"),
        ("delete", "tags/none/"),
        ("delete", "product-types/none/"),
    ]:
        assert errors(goods(method, path)) == [(404, ""), ("not_found", None)], path


def test_the_same_key_makes_one_product(goods: Goods, clothing: ProductType) -> None:
    """A call that is made again gets the first answer."""
    first, second = (goods("post", "products/", SHIRT, key="k1") for _ in range(2))

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Product.objects.count() == 1
