"""Options of products and their variants: one name each, no two variants alike, and none that the product doesn't have."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tradepost.catalogue import options, services
from tradepost.catalogue.errors import DuplicateOptionName, DuplicateOptions, OptionsInvalid, UnknownOption
from tradepost.catalogue.models import Product, Variant
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("names", "refusal"),
    [
        (["Size", "Size"], DuplicateOptionName),
        (["Size", " size "], DuplicateOptionName),
        (["Tea  size", "tea size"], DuplicateOptionName),
        (["Size", ""], OptionsInvalid),
        (["Size", 3], OptionsInvalid),
        (["S" * 256], OptionsInvalid),
        ("Size", OptionsInvalid),
        ({"Size": 1}, OptionsInvalid),
        (None, OptionsInvalid),
    ],
)
def test_names_of_options_are_refused(names: Any, refusal: type[OptionsInvalid]) -> None:
    """By their code, and nothing is changed."""
    with pytest.raises(refusal) as caught:
        options.check_names(names)
    assert type(caught.value) is refusal


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"Colour": "red"}, UnknownOption),
        ({"Size": "L", "Colour": "red"}, UnknownOption),
        ({"Size": "L", "size": "M"}, DuplicateOptionName),
        ({"Size": ""}, OptionsInvalid),
        ({"Size": 3}, OptionsInvalid),
        (["L"], OptionsInvalid),
        ("L", OptionsInvalid),
    ],
)
def test_options_of_a_variant_are_refused(values: Any, refusal: type[OptionsInvalid]) -> None:
    """Options that the product doesn't have, that come twice, or that are no text."""
    with pytest.raises(refusal) as caught:
        options.check_options(values, ["Size"])
    assert type(caught.value) is refusal


def test_options_are_kept_in_the_products_spelling_and_order() -> None:
    """Trimmed; and either all of them or none."""
    assert options.check_names([" Size ", "Colour"]) == ["Size", "Colour"]
    given = options.check_options({"colour": " red ", "SIZE": "L"}, ["Size", "Colour"])
    assert list(given.items()) == [("Size", "L"), ("Colour", "red")]
    assert options.check_options({}, ["Size"]) == {}
    with pytest.raises(OptionsInvalid, match="A value is missing for: Colour"):
        options.check_options({"Size": "L"}, ["Size", "Colour"])


def test_a_model_refuses_what_a_form_would() -> None:
    """``full_clean()`` of product and variant, with the code and at the field."""
    product = factories.product(option_names=["Size"])
    factories.variant(product=product, options={"Size": "L"})

    def refused(row: Any) -> tuple[str, str]:
        with pytest.raises(ValidationError) as caught:
            row.clean()
        ((field, errors),) = caught.value.error_dict.items()
        return field, errors[0].code

    assert refused(Product(option_names=["A", "a"])) == ("option_names", "duplicate_option_name")
    assert refused(Variant(product=product, options={"Colour": "red"})) == ("options", "unknown_option")
    assert refused(Variant(product=product, options={"Size": " l"})) == ("options", "duplicate_options")
    Variant(product=product, options={"Size": "M"}).clean()
    Variant.objects.get().clean()


def test_a_variant_that_was_replaced_isnt_restored() -> None:
    """Its place is taken; it stays in the archive."""
    product = factories.product(option_names=["Size"])
    old = factories.variant(product=product, options={"Size": "L"})
    services.archive_variant(old)
    new = factories.variant(product=product, options={"Size": "L"})

    with pytest.raises(DuplicateOptions):
        services.restore_variant(old)
    old.refresh_from_db()
    assert old.archived_at is not None

    services.archive_variant(new)
    assert services.restore_variant(old).archived_at is None


def _sent(product: Product, *rows: dict[str, Any], names: str = '["Size"]') -> dict[str, Any]:
    sent: dict[str, Any] = {
        "product_type": product.product_type_id,
        "name": "Mug",
        "slug": "mug",
        "option_names": names,
        "metadata": "{}",
        "is_published": "on",
        "variants-TOTAL_FORMS": len(rows),
        "variants-INITIAL_FORMS": sum("id" in row for row in rows),
        "images-TOTAL_FORMS": 0,
        "images-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(rows):
        values = {"weight": 0, "position": 0, "track_stock": "unknown", **row}
        sent |= {f"variants-{number}-{key}": value for key, value in values.items()}
    return sent


def test_variants_that_are_edited_together_may_change_places(admin_client: Client) -> None:
    """L becomes M and M becomes L; two of one size are refused, and nothing is written."""
    product = factories.product(option_names=["Size"], slug="mug")
    large, middle = (factories.variant(product=product, options={"Size": size}) for size in "LM")
    url = reverse("admin:tradepost_catalogue_product_change", args=[product.pk])

    def post(*sizes: str) -> Any:
        rows = [
            {"id": row.pk, "product": product.pk, "sku": row.sku, "options": f'{{"Size": "{size}"}}'}
            for row, size in zip((large, middle), sizes, strict=True)
        ]
        return admin_client.post(url, _sent(product, *rows))

    assert "Two variants have the same options: L." in post("L", "l").content.decode().replace("l.", "L.")
    assert [row.options["Size"] for row in Variant.objects.order_by("pk")] == ["L", "M"]
    assert post("M", "L").status_code == 302
    assert [row.options["Size"] for row in Variant.objects.order_by("pk")] == ["M", "L"]


@pytest.mark.parametrize("names", ['["Size", "size"]', '"Size"', "{}", "[1]", "[[]]"])
def test_a_page_refuses_odd_names(admin_client: Client, names: str) -> None:
    """No 500, and nothing is written."""
    product = factories.product(slug="mug", option_names=["Size"])
    url = reverse("admin:tradepost_catalogue_product_change", args=[product.pk])

    answer = admin_client.post(url, _sent(product, {"sku": "NEW", "options": '{"Size": "L"}'}, names=names))

    assert answer.status_code == 200
    product.refresh_from_db()
    assert (product.option_names, Variant.objects.count()) == (["Size"], 0)


@pytest.mark.parametrize("values", ['{"Colour": "red"}', "[]", '"x"', '{"Size": {}}', '{"Size": null}'])
def test_a_page_refuses_odd_options(admin_client: Client, values: str) -> None:
    """Of a variant on its product's page, and on its own."""
    product = factories.product(slug="mug", option_names=["Size"])
    kept = factories.variant(product=product, options={"Size": "M"})
    url = reverse("admin:tradepost_catalogue_product_change", args=[product.pk])
    alone = reverse("admin:tradepost_catalogue_variant_change", args=[kept.pk])
    own = {
        "product": product.pk,
        "sku": kept.sku,
        "weight": 0,
        "position": 0,
        "track_stock": "unknown",
        "metadata": "{}",
    }

    answer = admin_client.post(url, _sent(product, {"sku": "NEW", "options": values}))
    its_own = admin_client.post(alone, {**own, "options": values})

    assert (answer.status_code, its_own.status_code) == (200, 200)
    assert [row.options for row in Variant.objects.all()] == [{"Size": "M"}]
