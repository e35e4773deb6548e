"""Promotions and coupons in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from polymorphic.admin import PolymorphicInlineSupportMixin, StackedPolymorphicInline

from tradepost.core.admin import ReadOnlyAdmin, money_column
from tradepost.core.admin.actions import ActionsMixin
from tradepost.core.admin.filter_values import FilterValuesMixin
from tradepost.core.db.polymorphic import kinds_of

from .base import AbstractCoupon
from .forms import MakeCouponsForm, field_for
from .models import Benefit, Condition, Coupon, CouponRedemption, Promotion, PromotionUse
from .services.batches import write_coupons

__all__ = ["CouponAdmin", "CouponRedemptionAdmin", "PromotionAdmin", "PromotionUseAdmin"]

_FEW = 10  # coupons on a promotion's page


class KindForm(forms.ModelForm):
    """Saved as soon as it is added: a first order has nothing to fill in, and what a kind begins with may be what is wanted."""

    def has_changed(self) -> bool:
        return bool(self.instance._state.adding) or super().has_changed()


class KindInline(StackedPolymorphicInline.Child):
    """The form of one kind, its lists written as people do."""

    form = KindForm

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        return field_for(db_field) or super().formfield_for_dbfield(db_field, request, **kwargs)


def _children(parent: type[models.Model]) -> list[Any]:
    """An inline for each kind, a project's own among them."""
    base = (KindInline,)
    return [type(f"{kind.__name__}Inline", base, {"model": kind}) for kind in kinds_of(parent)]


class ConditionInline(StackedPolymorphicInline):
    model = Condition
    child_inlines = _children(Condition)


class BenefitInline(StackedPolymorphicInline):
    model = Benefit
    child_inlines = _children(Benefit)


class FirstCoupons(BaseInlineFormSet):
    """A few, in the order in which they were made: a batch has thousands, which no page shows and no browser posts."""

    _few: QuerySet[Any] | None = None

    def get_queryset(self) -> QuerySet[Any]:
        if self.instance.pk is None:
            return super().get_queryset()
        if self._few is None:
            theirs = Coupon.objects.filter(promotion=self.instance).order_by("pk")
            self._few = Coupon.objects.filter(pk__in=list(theirs.values_list("pk", flat=True)[:_FEW])).order_by("pk")
        return self._few


class CouponInline(admin.TabularInline):
    """The first coupons; many of them are better looked at in their own list."""

    model = Coupon
    formset = FirstCoupons
    extra = 0
    fields: ClassVar[Any] = ("code", "usage_limit", "customer_limit", "used", "starts_at", "ends_at", "is_active")
    readonly_fields: ClassVar[Any] = ("used",)
    show_change_link = True


@admin.register(Promotion)
class PromotionAdmin(FilterValuesMixin, ActionsMixin, PolymorphicInlineSupportMixin, admin.ModelAdmin):
    """Promotions with what must hold, what becomes cheaper, and the coupons that unlock them."""

    change_form_template = "tradepost/admin/promotion.html"
    acts = {"coupons": MakeCouponsForm}
    list_display: Any = (
        "name",
        "code",
        "needs_coupon",
        "priority",
        "lane",
        "is_exclusive",
        "starts_at",
        "ends_at",
        "is_active",
    )
    list_filter: ClassVar[Any] = ("is_active", "needs_coupon", "is_exclusive", "channel", "lane")
    search_fields: ClassVar[Any] = ("name", "code", "coupons__code")
    prepopulated_fields = {"code": ("name",)}
    inlines: ClassVar[Any] = (ConditionInline, BenefitInline, CouponInline)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name", "code", "label", "is_active")}),
        (_("When"), {"fields": ("needs_coupon", "starts_at", "ends_at", "channel")}),
        (
            _("Combination"),
            {
                "fields": ("priority", "lane", "is_exclusive", "uses_units"),
                "description": _(
                    "An exclusive promotion ends the list where it takes something off: those after it (of a lower priority, or "
                    "of the same and a later code) don't apply, those before it do. To combine it with none, give it the "
                    "highest priority. Where it takes nothing off, it blocks nothing."
                ),
            },
        ),
        (_("Limits"), {"fields": ("usage_limit", "used", "customer_limit")}),
        (_("Limits in money"), {"fields": ("currency", "max_discount", "budget", "shown_spent")}),
    )
    readonly_fields: ClassVar[Any] = ("shown_spent", "used")
    shown_spent = money_column("spent", label=_("spent"))

    def may_act(self, request: HttpRequest) -> bool:
        """Whether the user may add coupons, and so create many."""
        return super().may_act(request) and request.user.has_perm("tradepost_promotions.add_coupon")


@admin.register(Coupon)
class CouponAdmin(FilterValuesMixin, admin.ModelAdmin):
    """Codes, and how often they were used; many are made by ``manage.py tradepost_coupons``."""

    list_display: Any = ("code", "promotion", "uses", "customer_limit", "starts_at", "ends_at", "is_active")
    list_filter: ClassVar[Any] = ("is_active", "promotion", "batch")
    actions: Any = ("download",)
    list_select_related: ClassVar[Any] = ("promotion",)
    search_fields: ClassVar[Any] = ("code", "promotion__name")
    autocomplete_fields: ClassVar[Any] = ("promotion",)
    readonly_fields: ClassVar[Any] = ("used", "created_at")

    @admin.action(description=_("Download as CSV"), permissions=["view"])
    def download(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """The chosen coupons, for a mailing."""
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="coupons.csv"'
        write_coupons(queryset.select_related("promotion").order_by("pk"), answer)
        return answer

    @admin.display(description=_("used"), ordering="used")
    def uses(self, coupon: AbstractCoupon) -> str:
        return str(coupon.used) if coupon.usage_limit is None else f"{coupon.used} / {coupon.usage_limit}"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that was used stays; it can be switched off."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.used)


@admin.register(CouponRedemption)
class CouponRedemptionAdmin(ReadOnlyAdmin):
    """Uses of codes."""

    list_display: Any = ("coupon", "customer", "email", "owner_kind", "owner_key", "created_at")
    list_select_related: ClassVar[Any] = ("coupon", "customer")
    search_fields: ClassVar[Any] = ("coupon__code", "email", "owner_key")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).order_by("-pk")


@admin.register(PromotionUse)
class PromotionUseAdmin(ReadOnlyAdmin):
    """Which order took a promotion with a limit, and how much of its budget."""

    list_display: Any = (
        "promotion",
        "customer",
        "email",
        "shown_amount",
        "owner_kind",
        "owner_key",
        "created_at",
    )
    shown_amount = money_column("amount", currency="promotion.currency", label=_("amount"))
    list_select_related: ClassVar[Any] = ("promotion", "customer")
    search_fields: ClassVar[Any] = ("promotion__code", "email", "owner_key")
    date_hierarchy = "created_at"
