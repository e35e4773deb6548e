"""Actions on several products at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.catalogue import services
from tradepost.catalogue.models import Category, Collection, Tag
from tradepost.core.access import needs
from tradepost.core.actors import By

from ..bulk_forms import BulkForm
from ..registry import Action
from .bulk_prices import BulkPricesForm
from .bulk_stock import BulkStockForm

__all__ = ["CHANGE", "bulk_actions"]

_PRICES = needs("tradepost_pricing.change_price", "tradepost_pricing.add_price")
CHANGE = needs("tradepost_catalogue.change_product")


def bulk_actions() -> Iterator[Action]:
    """Those that are wanted most first."""
    yield Action(key="publish", form=BulkPublishForm, access=CHANGE)
    yield Action(key="hide", form=BulkHideForm, access=CHANGE)
    yield Action(key="prices", form=BulkPricesForm, access=_PRICES)
    yield Action(key="stock", form=BulkStockForm, access=needs("tradepost_inventory.change_stocklevel"))
    yield Action(key="group", form=BulkGroupForm, access=CHANGE, is_quiet=True)
    yield Action(key="ungroup", form=BulkUngroupForm, access=CHANGE, is_quiet=True)
    yield Action(key="archive", form=BulkArchiveForm, access=CHANGE, is_quiet=True)
    yield Action(key="restore", form=BulkRestoreForm, access=CHANGE, is_quiet=True)


class BulkPublishForm(BulkForm):
    """Visitors see them."""

    title = gettext_lazy("Make visible")

    def act_on(self, row: Any, by: By, key: str) -> None:
        """Show one."""
        services.publish(row)


class BulkHideForm(BulkForm):
    """Visitors don't see them for a while."""

    title = gettext_lazy("Hide")

    def act_on(self, row: Any, by: By, key: str) -> None:
        """Hide one."""
        services.hide(row)


class BulkArchiveForm(BulkForm):
    """Out of the shop, and kept for orders."""

    title = gettext_lazy("Archive")
    explanation = gettext_lazy("They leave the shop and stay in orders and reports. You can restore them at any time.")

    def act_on(self, row: Any, by: By, key: str) -> None:
        """Archive one."""
        services.archive(row)


class BulkRestoreForm(BulkForm):
    """Back from the archive."""

    title = gettext_lazy("Restore")

    def act_on(self, row: Any, by: By, key: str) -> None:
        """Restore one."""
        services.restore(row)


class _GroupsForm(BulkForm):
    """Tags, categories and collections to choose from."""

    categories: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Categories"),
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    tags: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Tags"),
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    collections: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Collections by hand"),
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["categories"].queryset = Category.objects.order_by("path")
        fields["tags"].queryset = Tag.objects.all()
        fields["collections"].queryset = Collection.objects.filter(rule={})

    def clean(self) -> dict[str, Any]:
        """Something has to be chosen."""
        values = super().clean()
        if not any(values.get(name) for name in ("categories", "tags", "collections")):
            raise forms.ValidationError(_("Choose at least one category, tag or collection."))
        return values

    @property
    def slugs(self) -> dict[str, list[str]]:
        """Of the chosen groups, by kind."""
        return {name: [row.slug for row in self.cleaned_data[name]] for name in ("categories", "tags", "collections")}


class BulkGroupForm(_GroupsForm):
    """Into groups, beside those that they are in."""

    title = gettext_lazy("Add to groups")

    def act_on(self, row: Any, by: By, key: str) -> None:
        """Put one into them."""
        services.add_to_groups(row, **self.slugs)


class BulkUngroupForm(_GroupsForm):
    """Out of groups."""

    title = gettext_lazy("Remove from groups")

    def act_on(self, row: Any, by: By, key: str) -> None:
        """Take one out of them."""
        services.remove_from_groups(row, **self.slugs)
