"""Tiers in the admin, and the tier of a customer on the customer's page."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates import clock

from ..models import Tier, TierMembership
from ..services import look_again, release_tier, set_tier

__all__ = ["TierAdmin", "TierInline", "TierMembershipForm"]


class TierMembershipForm(forms.ModelForm):
    """A customer's tier. It is saved by the services, so that the group changes with it."""

    class Meta:
        model = TierMembership
        fields = ("tier", "is_by_hand", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (
            field
        ) in self.fields.values():  # a job may move the customer while the page is open: only what is changed is saved
            field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        """Only by hand somebody is put anywhere, and until a time that is to come. What nobody changed is left alone: its end may
        be over, and the job not have come yet.
        """
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.has_changed():
            return values
        until = values.get("until")
        if not values.get("is_by_hand") and (until or "tier" in self.changed_data):
            raise ValidationError({"is_by_hand": _("Tick it to put a customer into a tier; otherwise the rule does.")})
        if until is not None and until <= clock.now():
            raise ValidationError({"until": _("The end has to be in the future.")})
        return values

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's
        """Put the customer there by hand, or let the rule decide again."""
        customer, values = self.instance.customer, self.cleaned_data
        if not values["is_by_hand"]:
            release_tier(customer)
            return self.instance
        row = set_tier(customer, values["tier"], until=values["until"])
        self.instance.pk = row.pk
        return row


class TierInline(admin.StackedInline):
    model = TierMembership
    form = TierMembershipForm
    extra = max_num = 1
    can_delete = False
    fields: ClassVar[Any] = (("tier", "is_by_hand", "until"), "since")
    readonly_fields = ("since",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the tier, whose name is shown."""
        return super().get_queryset(request).select_related("tier")


@admin.register(Tier)
class TierAdmin(admin.ModelAdmin):
    list_display: Any = ("name", "rank", "group", "threshold", "currency", "period_days")
    list_select_related = ("group",)
    search_fields: ClassVar[Any] = ("name", "code")
    prepopulated_fields = {"code": ("name",)}
    autocomplete_fields: ClassVar[Any] = ("group",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A tier keeps its group: the customers who are in it are in that."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if obj is None else (*fields, "group")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """The next job looks at all customers by the new rule."""
        super().save_model(request, obj, form, change)
        look_again()
