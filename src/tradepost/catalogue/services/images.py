"""Pictures of products: adding, changing and removing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from tradepost.core import db
from tradepost.core.db.row_values import write_values
from tradepost.core.errors import Invalid, NotFound

from ..base import AbstractImage, AbstractProduct
from ..conf import settings
from ..errors import TooManyImages
from ..models import Image, Product
from .image_files import digest_of, discard_after_commit, extension_of
from .products import touch

__all__ = ["add_image", "change_image", "remove_image"]

_FIELDS = frozenset({"alt", "file", "position", "product", "source_url", "variant"})
_LAST = 32_767
_is_address = URLValidator(schemes=["http", "https"])


def add_image(
    product: AbstractProduct, values: Mapping[str, Any], *, content: bytes | None = None
) -> tuple[AbstractImage, bool]:
    """Give a product another picture: a file that is kept in our storage, or one at an address elsewhere.

    The file is stored outside any transaction, under a name of ours; where the picture can't be written it is removed again.

    Args:
        product: Whose.
        values: ``alt``; ``variant`` (a SKU of the product, or ``None``); ``position``, the last where it isn't given, or
            ``is_main`` to put it first; ``source_url`` where there is no file.
        content: Of the file.

    Returns:
        The picture, and whether it is new: the same file or address for the same variant gives the one that is there, as it is.

    Raises:
        ImageInvalid: The file isn't taken: too large, another format, unreadable, too many pixels.
        TooManyImages: The product has as many as one gets.
        Invalid: There is neither a file nor an address, or both; there is no such variant of this product.
        ValidationError: A field is wrong.
    """
    db.outside("add_image()")
    address = values.get("source_url", "")
    if bool(address) is (content is not None):
        raise Invalid(_("Give a file, or an address."), attr="file")
    if content is None:
        _check_address(address)
        return _add(product, values, Image(product_id=product.pk, source_url=address), {"source_url": address})
    extension, digest = extension_of(content), digest_of(content)
    image = Image(product_id=product.pk)
    image.file.save(f"{digest}.{extension}", ContentFile(content), save=False)
    is_new = False
    try:
        row, is_new = _add(product, values, image, {"file__contains": digest})
    finally:
        if not is_new:
            discard_after_commit(image.file)
    return row, is_new


@db.atomic
def change_image(image: AbstractImage, values: Mapping[str, Any]) -> AbstractImage:
    """Change what is named of a picture, under its product's lock; where nothing differs, nothing is written.

    Args:
        image: Which.
        values: ``alt``, ``variant`` (a SKU of its product, or ``None``), ``position``, or ``is_main`` to put it first.

    Raises:
        NotFound: Somebody else has just removed it.
        Invalid: There is no such variant of this product, or both a position and ``is_main`` are given.
        ValidationError: A field is wrong.
    """
    product = Product.objects.filter(pk=image.product_id).locked().get()
    row = Image.objects.filter(pk=image.pk).first()
    if row is None:
        raise NotFound(_("This picture isn't there any more."))
    written = bool(write_values(row, _fields(product, values), writable=_FIELDS))
    if written | (_is_main(values) and _put_first(product, row)):
        touch(product)
    return row


@db.atomic
def remove_image(image: AbstractImage) -> None:
    """Take a picture away, and its file after the commit; a no-op for one that is gone.

    Orders that were placed before show no picture then, for they hold its address.
    """
    product = Product.objects.filter(pk=image.product_id).locked().get()
    if Image.objects.filter(pk=image.pk).delete()[0]:
        if image.file:
            discard_after_commit(image.file)
        touch(product)


@db.atomic
def _add(
    product: AbstractProduct, values: Mapping[str, Any], image: AbstractImage, same: Mapping[str, Any]
) -> tuple[AbstractImage, bool]:
    whose = Product.objects.filter(pk=product.pk).locked().get()
    given = _fields(whose, values)
    images = whose.images.order_by("position", "pk")
    if (there := images.filter(variant=given.get("variant"), **same).first()) is not None:
        return there, False
    most = settings().IMAGES_PER_PRODUCT
    if images.count() >= most:
        raise TooManyImages(_("A product has %(most)s pictures at most.") % {"most": most}, max_images=most)
    last = images.values_list("position", flat=True).last()
    write_values(image, {"position": 0 if last is None else min(last + 1, _LAST), **given}, writable=_FIELDS)
    if _is_main(values):
        _put_first(whose, image)
    touch(whose)
    return image, True


def _check_address(address: str) -> None:
    try:
        _is_address(address)
    except ValidationError as error:
        raise ValidationError({"source_url": error}) from error


def _is_main(values: Mapping[str, Any]) -> bool:
    return bool(values.get("is_main"))


def _fields(product: AbstractProduct, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of columns; the variant is one of the product's."""
    if _is_main(values) and "position" in values:
        raise Invalid(_("Give a position, or say that it is the main picture."), attr="position")
    fields = {name: values[name] for name in ("alt", "position") if name in values}
    if "variant" in values:
        sku = values["variant"]
        fields["variant"] = product.variants.filter(sku=sku).first() if sku else None
        if sku and fields["variant"] is None:
            raise Invalid(_("This isn't a variant of the product."), attr="variant")
    return fields


def _put_first(product: AbstractProduct, image: AbstractImage) -> bool:
    """Number the pictures of a product anew with one before all others; whether that moved any."""
    others = list(product.images.exclude(pk=image.pk).order_by("position", "pk"))
    moved: list[Any] = []
    for position, row in enumerate([image, *others]):
        if row.position != min(position, _LAST):
            row.position = min(position, _LAST)
            moved.append(row)
    if moved:
        Image.objects.bulk_update(moved, ["position"])
    return bool(moved)
