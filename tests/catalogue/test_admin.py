"""Products in the admin: attributes by schema, actions, lists without a query for each row."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image as Pillow

from tradepost.catalogue.models import Attribute, Image, Product, ProductType, Variant
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "x"))
    return client


@pytest.fixture
def furniture() -> ProductType:
    created = factories.product_type("furniture")
    kinds: list[dict[str, Any]] = [
        {"code": "material", "kind": "choice", "choices": ["oak", "beech"], "required": True},
        {"code": "height", "kind": "number", "unit": "cm"},
        {"code": "foldable", "kind": "boolean"},
        {"code": "rooms", "kind": "choices", "choices": ["hall", "bath"]},
        {"code": "made_on", "kind": "date"},
        {"code": "note", "kind": "text"},
    ]
    for kind in kinds:
        Attribute.objects.create(product_type=created, name=kind["code"].capitalize(), **kind)
    return created


def form(product_type: ProductType, **values: Any) -> dict[str, Any]:
    return {
        "product_type": product_type.pk,
        "name": "Stool",
        "slug": "stool",
        "option_names": "[]",
        "metadata": "{}",
        "is_published": "on",
        "variants-TOTAL_FORMS": 0,
        "variants-INITIAL_FORMS": 0,
        "images-TOTAL_FORMS": 0,
        "images-INITIAL_FORMS": 0,
        **values,
    }


def test_attributes_are_fields_of_the_form(staff: Client, furniture: ProductType) -> None:
    """Values are kept in the schema's types."""
    values = {
        "attribute_material": "oak",
        "attribute_height": "45.5",
        "attribute_foldable": "false",
        "attribute_rooms": ["bath", "hall"],
        "attribute_made_on": "2026-03-01",
    }

    answer = staff.post(reverse("admin:tradepost_catalogue_product_add"), form(furniture, **values))

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Product.objects.get().attributes == {
        "material": "oak",
        "height": 45.5,
        "foldable": False,
        "rooms": ["bath", "hall"],
        "made_on": "2026-03-01",
    }


def test_a_missing_attribute_is_told_at_its_own_field(staff: Client, furniture: ProductType) -> None:
    """Choosing a type and saving shows the type's fields; nothing is stored."""
    answer = staff.post(reverse("admin:tradepost_catalogue_product_add"), form(furniture))

    assert answer.context["adminform"].form.errors == {"attribute_material": ["This field is required."]}
    assert not Product.objects.exists()


def test_the_form_shows_what_is_stored(staff: Client, furniture: ProductType) -> None:
    """Saving the page as it was opened changes no attribute."""
    stored = {"material": "beech", "height": 45, "foldable": True}
    product = factories.product(product_type=furniture, attributes=stored, name="Stool", slug="stool")
    url = reverse("admin:tradepost_catalogue_product_change", args=[product.pk])

    shown = staff.get(url).context["adminform"].form
    values = {name: shown[name].value() for name in shown.fields if name.startswith("attribute_")}
    posted = {name: value for name, value in values.items() if value is not None}
    answer = staff.post(url, form(furniture, **posted))

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    product.refresh_from_db()
    assert product.attributes == stored


def test_actions_call_the_services(staff: Client) -> None:
    """Archiving in the list archives."""
    product = factories.product()
    chosen = {"_selected_action": [product.pk]}
    url = reverse("admin:tradepost_catalogue_product_changelist")

    staff.post(url, {"action": "archive", **chosen})
    product.refresh_from_db()
    assert product.archived_at is not None

    staff.post(url, {"action": "restore", **chosen})
    staff.post(url, {"action": "hide", **chosen})
    product.refresh_from_db()
    assert (product.archived_at, product.is_published) == (None, False)

    staff.post(url, {"action": "publish", **chosen})
    product.refresh_from_db()
    assert product.is_published


def test_the_list_takes_as_many_queries_for_many_as_for_one(staff: Client) -> None:
    """Thumbnails and counts come with the list."""
    url = reverse("admin:tradepost_catalogue_product_changelist")

    def add(number: int) -> int:
        for _ in range(number):
            variant = factories.variant()
            Image.objects.create(product=variant.product, source_url="https://example.com/a.jpg")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert b"https://example.com/a.jpg" in staff.get(url).content
        return len(queries)

    assert add(1) == add(20)


@pytest.mark.parametrize("model", ["product", "variant", "category", "collection", "tag", "producttype"])
def test_every_page_opens(staff: Client, model: str) -> None:
    """List and form of each model."""
    category = factories.category("Kitchen")
    product = factories.variant(sku="A").product
    product.categories.add(category)
    Image.objects.create(product=product, source_url="https://example.com/a.jpg")

    assert staff.get(reverse(f"admin:tradepost_catalogue_{model}_changelist")).status_code == 200
    assert staff.get(reverse(f"admin:tradepost_catalogue_{model}_changelist"), {"q": "a"}).status_code == 200
    assert staff.get(reverse(f"admin:tradepost_catalogue_{model}_add")).status_code == 200


def test_a_product_page_offers_its_own_variants_for_a_picture(staff: Client) -> None:
    """Another product's variant can't be chosen."""
    mine, _other = factories.variant(sku="MINE"), factories.variant(sku="OTHER")

    page = staff.get(reverse("admin:tradepost_catalogue_product_change", args=[mine.product_id]))

    inline = page.context["inline_admin_formsets"][1].formset
    assert list(inline.empty_form.fields["variant"].queryset) == [mine]
    assert Variant.objects.count() == 2


def picture(size: tuple[int, int] = (4, 3), file_format: str = "PNG") -> bytes:
    """A picture of one colour."""
    target = BytesIO()
    Pillow.new("RGB", size, "red").save(target, file_format)
    return target.getvalue()


def add_picture(staff: Client, content: bytes) -> Any:
    """Send a product's page with a picture on it."""
    product = Product.objects.first() or factories.product(slug="stool")
    file = SimpleUploadedFile("<b>.html", content, content_type="text/html")
    posted = form(product.product_type, **{"images-TOTAL_FORMS": 1, "images-0-position": 0, "images-0-file": file})
    return staff.post(reverse("admin:tradepost_catalogue_product_change", args=[product.pk]), posted)


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        (picture((40, 30)), {"IMAGE_MAX_BYTES": 40}, "image_too_large"),
        (picture((40, 30)), {"IMAGE_MAX_PIXELS": 1199}, "image_too_many_pixels"),
        (picture(file_format="BMP"), {}, "image_type"),
        (picture(file_format="GIF"), {"IMAGE_FORMATS": ("png",)}, "image_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, "image_type"),
        (picture((40, 30))[:60], {}, "image_unreadable"),
    ],
)
def test_a_picture_that_the_api_refuses_is_refused(
    staff: Client, settings: Any, content: bytes, limits: dict[str, Any], code: str
) -> None:
    """By the same settings, beside its field; nothing is stored."""
    settings.TRADEPOST_CATALOGUE = limits
    answer = add_picture(staff, content)
    (row,) = answer.context["inline_admin_formsets"][1].formset.forms
    assert [error.code for error in row.errors.as_data()["file"]] == [code]
    assert not Image.objects.exists()


def test_a_picture_gets_a_name_of_ours(staff: Client, settings: Any, tmp_path: Path) -> None:
    """After its bytes and its format, whatever it is called; its bytes are those that were sent."""
    settings.MEDIA_ROOT = tmp_path
    content = picture((40, 30), "JPEG")
    settings.TRADEPOST_CATALOGUE = {"IMAGE_MAX_BYTES": len(content), "IMAGE_MAX_PIXELS": 1200}
    assert add_picture(staff, content).status_code == 302
    image = Image.objects.get()
    assert Path(image.file.name).name == f"{sha256(content).hexdigest()[:32]}.jpg"
    with image.file.open() as file:
        assert file.read() == content


def test_no_more_pictures_are_added_than_a_product_gets(staff: Client, settings: Any) -> None:
    """Those that were there before a limit may stay, and one goes where another one comes."""
    product = factories.product(slug="stool")
    images = [Image.objects.create(product=product, source_url=f"https://x.example/{n}.png") for n in range(3)]
    url = reverse("admin:tradepost_catalogue_product_change", args=[product.pk])
    settings.TRADEPOST_CATALOGUE = {"IMAGES_PER_PRODUCT": 3}

    def send(*, gone: int = 0, added: int = 0) -> Any:
        rows: dict[str, Any] = {"images-TOTAL_FORMS": 3 + added, "images-INITIAL_FORMS": 3}
        for number, image in enumerate(images):
            rows |= {f"images-{number}-id": image.pk, f"images-{number}-source_url": image.source_url}
            rows |= {f"images-{number}-position": 0, f"images-{number}-product": product.pk}
            rows |= {f"images-{number}-DELETE": "on"} if number < gone else {}
        for number in range(3, 3 + added):
            rows |= {f"images-{number}-source_url": "https://x.example/new.png", f"images-{number}-position": 0}
        return staff.post(url, form(product.product_type, **rows))

    refused = send(added=1)
    errors = refused.context["inline_admin_formsets"][1].formset.non_form_errors().as_data()
    assert [error.code for error in errors] == ["too_many_images"]
    settings.TRADEPOST_CATALOGUE = {"IMAGES_PER_PRODUCT": 2}
    assert send().status_code == 302
    settings.TRADEPOST_CATALOGUE = {"IMAGES_PER_PRODUCT": 3}
    assert send(gone=1, added=1).status_code == 302
    assert product.images.count() == 3
