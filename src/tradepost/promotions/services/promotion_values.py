"""Promotions and coupons as staff write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.polymorphic import kind_code, kinds_of
from tradepost.core.db.row_values import delete_row, one_by_key, write_values
from tradepost.core.errors import InUse, Invalid

from ..base import AbstractBenefit, AbstractCondition, AbstractCoupon, AbstractPromotion
from ..models import Benefit, Condition, Coupon, CouponRedemption, Promotion, PromotionUse

__all__ = [
    "change_coupon",
    "change_promotion",
    "create_coupon",
    "create_promotion",
    "part_columns",
    "remove_coupon",
    "remove_promotion",
]

_OF_PROMOTION = frozenset(
    {
        "budget",
        "channel",
        "code",
        "currency",
        "customer_limit",
        "ends_at",
        "is_active",
        "is_exclusive",
        "label",
        "lane",
        "max_discount",
        "name",
        "needs_coupon",
        "priority",
        "starts_at",
        "usage_limit",
        "uses_units",
    }
)
_OF_COUPON = frozenset({"batch", "code", "customer_limit", "ends_at", "is_active", "starts_at", "usage_limit"})
_MOST_PARTS = 50
Parts = Sequence[Mapping[str, Any]]


@db.atomic
def create_promotion(values: Mapping[str, Any], *, conditions: Parts = (), benefits: Parts = ()) -> AbstractPromotion:
    """Make a promotion with what must hold and what becomes cheaper.

    Args:
        values: By field.
        conditions: Of each its ``kind`` (``minimumvalue``, …) and the values of its fields; of a relation the slug.
        benefits: Likewise.

    Raises:
        ValidationError: A field is wrong, or the code is another promotion's.
        Invalid: A condition or benefit is wrong; ``context["attr"]`` says which, as in ``benefits.0``.
    """
    promotion = Promotion()
    write_values(promotion, values, writable=_OF_PROMOTION)
    _write_parts(promotion, Condition, "conditions", conditions)
    _write_parts(promotion, Benefit, "benefits", benefits)
    return promotion


@db.atomic
def change_promotion(
    promotion: AbstractPromotion,
    values: Mapping[str, Any],
    *,
    conditions: Parts | None = None,
    benefits: Parts | None = None,
) -> AbstractPromotion:
    """Change what is named of a promotion.

    Args:
        conditions: All of them from now on; ``None`` leaves them.
        benefits: Likewise.

    Raises:
        ValidationError: A field is wrong, or the code is another promotion's.
        Invalid: A condition or benefit is wrong.
        InUse: The code would change, and orders have it.
    """
    row = Promotion.objects.filter(pk=promotion.pk).locked().get()
    if values.get("code", row.code) != row.code and row.used:
        raise InUse(_("Orders have this promotion, so its code stays."), by="orders", count=row.used)
    write_values(row, values, writable=_OF_PROMOTION)
    for model, attr, parts in ((Condition, "conditions", conditions), (Benefit, "benefits", benefits)):
        if parts is not None:
            rows: Any = model.objects
            for part in rows.filter(promotion=row).kinds():
                part.delete()
            _write_parts(row, model, attr, parts)
    return row


@db.atomic
def remove_promotion(promotion: AbstractPromotion) -> None:
    """Delete a promotion that nobody has used, with its conditions, benefits and coupons.

    Raises:
        InUse: It was used; it can be switched off.
    """
    row = Promotion.objects.filter(pk=promotion.pk).locked().get()
    uses = PromotionUse.objects.filter(promotion=row).count()
    if number := max(uses, CouponRedemption.objects.filter(coupon__promotion=row).count(), row.used):
        raise InUse(_("Orders have this promotion. Switch it off instead."), by="orders", count=number)
    for model in (Condition, Benefit):
        rows: Any = model.objects
        for part in rows.filter(promotion=row).kinds():
            part.delete()
    delete_row(row)


def part_columns(kind: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a kind of condition or benefit that people fill in."""
    inner = {"promotion", "polymorphic_ctype"}
    return [
        column
        for column in kind._meta.concrete_fields
        if column.name not in inner
        and not column.primary_key
        and not getattr(column.remote_field, "parent_link", False)
    ]


def _write_parts(promotion: AbstractPromotion, model: Any, attr: str, parts: Parts) -> None:
    if len(parts) > _MOST_PARTS:
        raise Invalid(_("There are too many."), attr=attr, most=_MOST_PARTS)
    kinds: dict[str, type[Any]] = {str(kind._meta.model_name): kind for kind in kinds_of(model)}
    for number, part in enumerate(parts):
        place, values = f"{attr}.{number}", dict(part)
        kind = kinds.get(str(values.pop("kind", "")))
        if kind is None:
            raise Invalid(_("There is no such kind."), attr=f"{place}.kind", kinds=sorted(kinds))
        row = kind(promotion=promotion)
        columns = {column.name: column for column in part_columns(kind)}
        if unknown := sorted(values.keys() - columns.keys()):
            raise Invalid(_("There is no such field."), attr=f"{place}.{unknown[0]}")
        for name, value in values.items():
            setattr(row, name, _related(columns[name], value, f"{place}.{name}"))
        _save(row, place)


def _related(column: models.Field[Any, Any], value: Any, attr: str) -> Any:
    """The value of a column; of a relation the row that a slug names."""
    if value is None or not isinstance(column, models.ForeignKey):
        return value
    related: Any = apps.get_model(column.related_model._meta.label)
    return one_by_key(related, "slug", value, attr=attr)


def _save(row: AbstractCondition | AbstractBenefit, place: str) -> None:
    try:
        row.full_clean(exclude=["polymorphic_ctype", "promotion"])
    except ValidationError as error:
        fields = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        text = _("This %(kind)s isn't right.") % {"kind": kind_code(row)}
        raise Invalid(text, attr=place, fields=fields) from error
    row.save()


@db.atomic
def create_coupon(promotion: AbstractPromotion, values: Mapping[str, Any]) -> AbstractCoupon:
    """Make a coupon of a promotion.

    Args:
        values: By field; the code is kept in capitals.

    Raises:
        ValidationError: A field is wrong, or another coupon has the code.
    """
    coupon = Coupon(promotion=promotion)  # type: ignore[misc]
    write_values(coupon, _in_capitals(values), writable=_OF_COUPON)
    return coupon


@db.atomic
def change_coupon(coupon: AbstractCoupon, values: Mapping[str, Any]) -> AbstractCoupon:
    """Change what is named of a coupon. Its code stays, since customers have it.

    Raises:
        ValidationError: A field is wrong, such as a limit below what was used.
    """
    row = Coupon.objects.filter(pk=coupon.pk).locked().get()
    write_values(row, values, writable=_OF_COUPON - {"code"})
    return row


@db.atomic
def remove_coupon(coupon: AbstractCoupon) -> None:
    """Delete a coupon that nobody has used.

    Raises:
        InUse: It was used; it can be switched off.
    """
    row = Coupon.objects.filter(pk=coupon.pk).locked().get()
    if number := max(row.used, CouponRedemption.objects.filter(coupon=row).count()):
        raise InUse(_("Orders have this coupon. Switch it off instead."), by="orders", count=number)
    delete_row(row)


def _in_capitals(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, **({"code": str(values["code"]).strip().upper()} if "code" in values else {})}
