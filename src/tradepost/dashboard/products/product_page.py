"""The page of a product."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.catalogue.models import Attribute, Product
from tradepost.core.errors import AlreadyDone, TradepostError
from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.core.pages.action_forms import show_already_done

from ..pages import RecordPage
from ..views.actions import is_preview
from .bulk import CHANGE
from .product_form import FORM_ID, ChangedMeanwhile, ProductForm, initial_of, tell
from .product_list import READ, ProductListPage
from .texts import state_badge

__all__ = ["ProductPage", "schema_of"]


class ProductPage(RecordPage):
    """All about one product: a form, its pictures and variants, and what is missing to sell it."""

    key = "product"
    section = "products"
    title = gettext_lazy("Product")
    pattern = "products/<uuid:uuid>/"
    access = READ
    template_name = "tradepost/dashboard/products/product.html"

    def get_row(self) -> Any:
        """The product with its groups and pictures."""
        products = with_exposed(Product.objects.select_related("product_type"))
        rows = products.prefetch_related("categories", "tags", "collections", "images")
        return rows.filter(uuid=self.kwargs["uuid"]).first()

    def find_row(self) -> Any:
        """Alone."""
        return Product.objects.select_related("product_type").filter(uuid=self.kwargs["uuid"]).first()

    @property
    def may_change(self) -> bool:
        """Whether the reader may save the form."""
        return CHANGE.allows(self.request.user)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Save what was changed."""
        if not self.may_change:
            raise PermissionDenied
        if ProductForm.is_spent(request):
            show_already_done(request)
            return HttpResponseRedirect(request.path)
        form = self._form(request.POST)
        if is_preview(request):
            form.errors.clear()  # it isn't sent yet, and another type has other choices
            return self.render(form=form)
        status = self._saved(form) if form.is_valid() else 422
        if status == 303:
            return HttpResponseRedirect(request.path, status=303)
        return self.render(status=status, form=form)

    def _saved(self, form: ProductForm) -> int:
        """Save, and the status of the answer."""
        try:
            form.do(self.by)
        except ChangedMeanwhile:
            return 409
        except AlreadyDone:
            show_already_done(self.request)
            return 303
        except ValidationError as error:
            tell(form, error)
            return 422
        except TradepostError as refusal:
            field = refusal.context.get("attr", "")
            form.add_error(field if field in form.fields else None, str(refusal))
            return 409
        messages.success(self.request, _("Saved."))
        return 303

    def _form(self, data: Any = None) -> ProductForm:
        schema = schema_of(data, self.row.product_type)
        initial = initial_of(self.row, schema) if data is None else None
        form = ProductForm(data, row=self.row, user=self.request.user, schema=schema, initial=initial)
        if not self.may_change:
            for field in form.fields.values():
                field.disabled = True
        return form

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the form and its state."""
        facts.setdefault("form", self._form())
        return super().get_context(
            product=self.row,
            form_id=FORM_ID,
            badges=[state_badge(self.row)],
            may_change=self.may_change,
            back=ProductListPage.url(),
            shop_url=_shop_url(self.row),
            **facts,
        )


def schema_of(data: Any, product_type: Any) -> list[Any]:
    """The attributes of the type that a form names, else of another."""
    code = str(data.get("product_type", ""))[:50].replace("\x00", "") if data is not None else ""
    rows = Attribute.objects.order_by("position", "pk")
    if code:
        return list(rows.filter(product_type__code=code))
    return list(rows.filter(product_type=product_type)) if product_type is not None else []


def _shop_url(product: Any) -> str:
    """Its page in the shop, where the project has one and visitors see it."""
    if product.archived_at is not None or not product.is_published:
        return ""
    try:
        return reverse("tradepost:product", kwargs={"slug": product.slug})
    except NoReverseMatch:
        return ""
