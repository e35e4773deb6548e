"""The pictures of a product: adding, describing, ordering and removing them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradepost.catalogue import services
from tradepost.catalogue.models import Product
from tradepost.core.access import needs
from tradepost.core.errors import TradepostError
from tradepost.core.pages.action_forms import OnceForm, show_already_done

from ..pages import RecordPage
from .product_list import product_url

__all__ = ["PicturesPage"]

_ADD, _CHANGE, _REMOVE = (f"tradepost_catalogue.{verb}_image" for verb in ("add", "change", "delete"))


class PicturesPage(RecordPage):
    """Each picture with its text, its variant and its place."""

    key = "product-pictures"
    section = "products"
    title = gettext_lazy("Pictures")
    pattern = "products/<uuid:uuid>/pictures/"
    access = needs("tradepost_catalogue.view_product", "tradepost_catalogue.view_image")
    template_name = "tradepost/dashboard/products/pictures.html"
    is_atomic = False

    def get_row(self) -> Any:
        """The product with its pictures and variants."""
        rows = Product.objects.prefetch_related("images", "variants")
        return rows.filter(uuid=self.kwargs["uuid"]).first()

    def get_title(self) -> str:
        """Of which product."""
        return _("Pictures of %(name)s") % {"name": self.row.name}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Add files, or save what was changed and then move or remove one."""
        if OnceForm.is_spent(request):
            show_already_done(request)
            return HttpResponseRedirect(request.path)
        do, _colon, uuid = request.POST.get("do", "").partition(":")
        if do == "upload":
            self._upload(request)
        else:
            self._save(request, do, uuid)
        return HttpResponseRedirect(request.path, status=303)

    def _upload(self, request: HttpRequest) -> None:
        self._need(_ADD)
        files = request.FILES.getlist("files")
        added = 0
        for file in files:
            try:
                services.check_image_size(file.size or 0)
                _image, is_new = services.add_image(self.row, {}, content=file.read())
                added += is_new
            except (TradepostError, ValidationError) as refusal:
                why = refusal.messages[0] if isinstance(refusal, ValidationError) else str(refusal)
                messages.error(request, f"{file.name}: {why}")
        if added:
            text = ngettext("%(number)s picture was added.", "%(number)s pictures were added.", added)
            messages.success(request, text % {"number": added})
        if not files:
            messages.info(request, _("Choose some files first."))

    def _save(self, request: HttpRequest, do: str, uuid: str) -> None:
        if do == "remove":
            self._need(_REMOVE)
        else:
            self._need(_CHANGE)
        images = {str(image.uuid): image for image in self.row.images.all()}
        if request.user.has_perm(_CHANGE):
            self._describe(request, images)
            order = [key for key in request.POST.getlist("order") if key in images]
            try:
                services.order_images(self.row, _moved(order or list(images), uuid, do))
            except TradepostError as refusal:  # somebody has just removed one
                messages.warning(request, str(refusal))
        if do == "remove" and uuid in images:
            services.remove_image(images[uuid])
            messages.success(request, _("The picture was removed."))
        elif do == "save":
            messages.success(request, _("Saved."))

    def _describe(self, request: HttpRequest, images: dict[str, Any]) -> None:
        """Texts and variants that were changed from what the form was shown with."""
        skus = {variant.pk: variant.sku for variant in self.row.variants.all()}
        for key, image in images.items():
            values: dict[str, Any] = {}
            for name, stored in (("alt", image.alt), ("variant", skus.get(image.variant_id, ""))):
                sent = request.POST.get(f"{name}-{key}")
                if sent is not None and sent not in (request.POST.get(f"was-{name}-{key}", stored), stored):
                    values[name] = sent.replace("\x00", "") or ("" if name == "alt" else None)
            if not values:
                continue
            try:
                services.change_image(image, values)
            except (TradepostError, ValidationError) as refusal:
                why = refusal.messages[0] if isinstance(refusal, ValidationError) else str(refusal)
                messages.error(request, f"{image}: {why}")

    def _need(self, permission: str) -> None:
        if not self.request.user.has_perm(permission):
            raise PermissionDenied

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the pictures, and what the reader may do."""
        user, images = self.request.user, list(self.row.images.all())
        skus = {variant.pk: variant.sku for variant in self.row.variants.all()}
        return super().get_context(
            lines=[(image, skus.get(image.variant_id, "")) for image in images],
            variants=[variant for variant in self.row.variants.all() if variant.archived_at is None],
            may_add=user.has_perm(_ADD),
            may_edit=user.has_perm(_CHANGE),
            may_remove=user.has_perm(_REMOVE),
            back=product_url(self.row),
            **facts,
        )


def _moved(order: list[str], uuid: str, do: str) -> list[str]:
    """The order with one picture a place further to the front or the back, or first of all."""
    if uuid not in order or do not in ("up", "down", "first"):
        return order
    place = order.index(uuid)
    rest = [key for key in order if key != uuid]
    rest.insert({"up": max(place - 1, 0), "down": place + 1, "first": 0}[do], uuid)
    return rest
