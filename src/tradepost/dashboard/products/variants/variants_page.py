"""The sheet of a product's variants."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradepost.catalogue import services
from tradepost.catalogue.models import Product, Variant
from tradepost.core.access import needs
from tradepost.core.errors import AlreadyDone, TradepostError
from tradepost.core.inputs.numbers import InvalidNumber, read_count
from tradepost.core.pages.action_forms import OnceForm, show_already_done

from ...pages import RecordPage
from ..product_form import ChangedMeanwhile, tell
from ..product_list import product_url
from .option_forms import AddVariantForm, OptionsForm
from .sheet import CellRefused, Sheet
from .sheet_form import SheetForm

__all__ = ["VariantsPage"]

_CHANGE = "tradepost_catalogue.change_variant"
_ADD = "tradepost_catalogue.add_variant"
_PRODUCT = "tradepost_catalogue.change_product"


class VariantsPage(RecordPage):
    """SKU, price, stock and more of all variants, a row each; what they differ in; one more."""

    key = "product-variants"
    section = "products"
    title = gettext_lazy("Variants, prices and stock")
    pattern = "products/<uuid:uuid>/variants/"
    access = needs("tradepost_catalogue.view_product", "tradepost_catalogue.view_variant")
    template_name = "tradepost/dashboard/products/variants.html"

    def get_row(self) -> Any:
        """The product."""
        return Product.objects.select_related("product_type").filter(uuid=self.kwargs["uuid"]).first()

    def get_title(self) -> str:
        """Of which product."""
        return _("Variants of %(name)s") % {"name": self.row.name}

    @cached_property
    def sheet(self) -> Sheet:
        """The rows of this page of it."""
        try:
            number = read_count(self.request.GET.get("page") or 1, attr="page", least=1, most=1000)
        except InvalidNumber:
            number = 1
        archived = self.request.GET.get("archived") == "yes"
        return Sheet(self.row, self.request.user, number=number, archived=archived)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Save the sheet, change the options, or add a variant."""
        if OnceForm.is_spent(request):
            show_already_done(request)
            return HttpResponseRedirect(request.get_full_path())
        do, _colon, key = request.POST.get("do", "").partition(":")
        if do == "options":
            return self._options(request)
        if do == "add":
            return self._add(request)
        return self._save(request, do, key)

    def _save(self, request: HttpRequest, do: str, key: str) -> HttpResponseBase:
        form = SheetForm(request.POST, sheet=self.sheet)
        if not form.is_valid():
            return self.render(status=422, sheet_form=form)
        status = self._sent(form)
        if status != 303:
            return self.render(status=status, sheet_form=form)
        if do in ("archive", "restore"):
            self._withdraw(do, key)
        elif form.written:
            text = ngettext("%(number)s cell was changed.", "%(number)s cells were changed.", form.written)
            messages.success(request, text % {"number": form.written})
        else:
            messages.info(request, _("Nothing was changed."))
        return HttpResponseRedirect(request.get_full_path(), status=303)

    def _withdraw(self, do: str, key: str) -> None:
        if not self.request.user.has_perm(_CHANGE):
            raise PermissionDenied
        number = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
        variant = Variant.objects.filter(product=self.row.pk, pk=number).first()
        if variant is None:
            return
        try:
            (services.archive_variant if do == "archive" else services.restore_variant)(variant)
        except TradepostError as refusal:
            messages.warning(self.request, f"{variant.sku}: {refusal}")
        else:
            text = _("%(sku)s isn’t sold any more.") if do == "archive" else _("%(sku)s is sold again.")
            messages.success(self.request, text % {"sku": variant.sku})

    def _options(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.has_perms([_PRODUCT, _CHANGE, _ADD]):
            raise PermissionDenied
        form = OptionsForm(request.POST, product=self.row, auto_id="options-%s")

        def words() -> str:
            text = ngettext("Saved; %(number)s variant was made.", "Saved; %(number)s variants were made.", form.added)
            return text % {"number": form.added}

        return self._done(form, "options_form", words)

    def _add(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.has_perm(_ADD):
            raise PermissionDenied
        form = AddVariantForm(request.POST, product=self.row, auto_id="add-%s")
        return self._done(form, "add_form", lambda: _("The variant was added. Set its price and its stock."))

    def _done(self, form: OnceForm, name: str, words: Callable[[], str]) -> HttpResponseBase:
        if form.is_valid() and self._sent(form) == 303:
            messages.success(self.request, words())
            return HttpResponseRedirect(self.request.get_full_path(), status=303)
        return self.render(status=422, **{name: form})

    def _sent(self, form: Any) -> int:
        """Do what a form asks, and the status of the answer; a refusal is shown in the form."""
        try:
            form.do(self.by)
        except ChangedMeanwhile as refusal:
            forms.Form.add_error(form, None, str(refusal))
            return 409
        except AlreadyDone:
            show_already_done(self.request)
        except CellRefused as refusal:
            form.tell(refusal)
            return 422
        except ValidationError as error:
            tell(form, error)
            return 422
        except TradepostError as refusal:
            field = refusal.context.get("attr", "")
            form.add_error(field if field in form.fields else None, str(refusal))
            return 422
        return 303

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the forms, as far as the reader may use them."""
        user = self.request.user
        facts.setdefault("sheet_form", None)
        form = facts.pop("sheet_form") or SheetForm(sheet=self.sheet)
        may_add, may_change = user.has_perm(_ADD), user.has_perms([_PRODUCT, _CHANGE, _ADD])
        facts.setdefault("add_form", AddVariantForm(product=self.row, auto_id="add-%s") if may_add else None)
        facts.setdefault("options_form", OptionsForm(product=self.row, auto_id="options-%s") if may_change else None)
        return super().get_context(
            sheet=self.sheet,
            sheet_form=form,
            lines=list(form.lines()),
            may_save=any(column.may_edit for column in self.sheet.columns),
            may_withdraw=user.has_perm(_CHANGE),
            has_more=len(self.sheet.variants) > self.sheet.size,
            has_archived=self.row.variants.exclude(archived_at=None).exists(),
            back=product_url(self.row),
            **facts,
        )
