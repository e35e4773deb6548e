"""Admin of payments: the ledger to read, money to move by buttons, and the list of what doesn't fit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tradepost.core.actors import By
from tradepost.core.admin import ReadOnlyAdmin, money_column
from tradepost.core.admin.actions import (
    ActionsMixin,
    OnceForm,
    show_already_done,
)
from tradepost.core.errors import AlreadyDone, TradepostError
from tradepost.core.inputs.form_fields import NumberField
from tradepost.core.templatetags.tradepost import money
from tradepost.orders.models import Order

from .. import (
    conf,
    ledger,
    services,
)
from ..base import AbstractPayment
from ..models import (
    Payment,
    Transaction,
    WebhookReceipt,
)
from ..services import webhooks
from .forms import BOOKING, RequestPaymentForm
from .records import (
    DisputeAdmin,
    PaymentCallAdmin,
    change_url,
)
from .saved_methods import SavedMethodAdmin
from .work_list import DiscrepancyAdmin

__all__ = [
    "DiscrepancyAdmin",
    "DisputeAdmin",
    "PaymentAdmin",
    "PaymentCallAdmin",
    "SavedMethodAdmin",
    "WebhookReceiptAdmin",
]

_CALLS = 15  # of a payment, on its page


class TransactionInline(admin.TabularInline):
    """The ledger of a payment."""

    model = Transaction
    extra = 0
    can_delete = False
    shown_amount = money_column("amount", label=_("amount"))
    fields: ClassVar[Any] = (
        "kind",
        "state",
        "shown_amount",
        "provider_ref",
        "reason",
        "actor_label",
        "error",
        "created_at",
    )
    readonly_fields: ClassVar[Any] = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OperationForm(OnceForm):
    """The input of a button that moves money. ``amount`` is in the payment's currency; empty takes all that is possible.

    ``keep_rest`` leaves what isn't captured authorised, for another capture.
    """

    asks_a_provider = True
    operation = forms.ChoiceField(choices=[(name, name) for name in ("capture", "refund", "cancel", "ask")])
    amount = NumberField(max_digits=19, decimal_places=4, min_value=Decimal("0.0001"), required=False)
    reason = forms.CharField(max_length=200, required=False)
    keep_rest = forms.BooleanField(required=False)

    def __init__(self, *args: Any, payment: AbstractPayment, **kwargs: Any) -> None:
        """Ask about one payment."""
        super().__init__(*args, **kwargs)
        self.payment = payment

    def act(self, by: By) -> None:
        payment, asked = self.payment, self.cleaned_data
        if asked["operation"] == "capture":
            final, reason = not asked["keep_rest"], asked["reason"]
            services.capture(payment, asked["amount"], by=by, final=final, reason=reason, idempotency_key=self.key)
        elif asked["operation"] == "refund":
            services.refund(payment, asked["amount"], by=by, reason=asked["reason"], idempotency_key=self.key)
        elif asked["operation"] == "cancel":
            services.cancel(payment, by=by, reason=asked["reason"])
        else:
            services.ask(payment)


@admin.register(Payment)
class PaymentAdmin(ActionsMixin, ReadOnlyAdmin):
    """Payments, with capture, refund and cancel; and with what is booked by hand."""

    acts = BOOKING
    change_form_template = "tradepost/admin/payment.html"
    inlines: ClassVar[Any] = (TransactionInline,)
    list_display: Any = ("reference", "order_link", "method", "shown_amount", "shown_status", "created_at")
    list_filter: ClassVar[Any] = ("status", "method", "outcome_unknown", "currency")
    list_select_related: ClassVar[Any] = ("order",)
    search_fields: ClassVar[Any] = ("reference", "provider_ref", "order__number", "order__email")
    date_hierarchy = "created_at"
    fields: ClassVar[Any] = (
        "reference",
        "order_link",
        "method",
        "shown_amount",
        "shown_status",
        "told_status",
        "provider_ref",
        "error_code",
        "error_message",
        "confirm_on",
        "created_at",
        "updated_at",
        "ask_at",
        "missing",
    )

    class Media:
        css = {"all": ["tradepost/admin.css"]}

    @admin.display(description=_("order"), ordering="order__number")
    def order_link(self, payment: AbstractPayment) -> str:
        """To the order."""
        return format_html('<a href="{}">{}</a>', change_url("orders_order", payment.order_id), payment.order.number)

    @admin.display(description=_("amount"), ordering="amount")
    def shown_amount(self, payment: AbstractPayment) -> str:
        """With its currency."""
        return money(payment.amount, payment.currency)

    @admin.display(description=_("status"), ordering="status")
    def shown_status(self, payment: AbstractPayment) -> str:
        """With a word where the provider hasn't answered."""
        status = payment.get_status_display()
        return _("%(status)s, outcome unknown") % {"status": status} if payment.outcome_unknown else status

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        payment = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if payment is not None:
            context |= {
                "balance": ledger.balance_of(payment),
                "abilities": conf.gateway(payment.method).capabilities if payment.method in conf.methods() else None,
                "may_operate": self._may_operate(request),
                "may_book": self.may_act(request),
                "has_booked": any(row.is_by_hand for row in payment.transactions.all()),
                "open_discrepancies": payment.discrepancies.filter(resolved_at=None),
                "disputes": payment.disputes.all(),
                "calls": payment.calls.all()[:_CALLS],
            }
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        operate = require_POST(self.admin_site.admin_view(self.operate))
        request = self.admin_site.admin_view(self.request_payment)
        return [
            path("request/<int:order_id>/", request, name="tradepost_payment_request"),
            path("<path:object_id>/operate/", operate, name="tradepost_payment_operate"),
            *super().get_urls(),
        ]

    def request_payment(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Ask an order's customer to pay by a link; reached from the order."""
        if not request.user.has_perm("tradepost_orders.change_order"):
            raise PermissionDenied
        return self.ask(request, RequestPaymentForm, get_object_or_404(Order, pk=order_id))

    def _done(self, request: HttpRequest, form: Any) -> bool:
        done = super()._done(request, form)
        if done and isinstance(form, RequestPaymentForm) and form.link is not None:
            messages.info(request, _("The link, to pass on in another way: %s") % form.link.url)
        return done

    def may_act(self, request: HttpRequest) -> bool:
        """Whether the user may book by hand; the provider's own buttons need another permission."""
        return bool(request.user.has_perm("tradepost_payments.book_by_hand"))

    def _may_operate(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tradepost_payments.move_money")

    def operate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One button was pressed."""
        payment = self.get_object(request, object_id)
        if payment is None or not self._may_operate(request):
            raise PermissionDenied
        form = OperationForm(request.POST, payment=payment)
        if form.is_valid():
            self._operate(request, form)
        else:
            messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
        return HttpResponseRedirect(change_url("payments_payment", payment.pk))

    def _operate(self, request: HttpRequest, form: OperationForm) -> None:
        try:
            form.do(By.user(request.user))
        except AlreadyDone as earlier:
            show_already_done(request, finished=bool(earlier.context["finished"]))
        except TradepostError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Done; see the ledger."))


@admin.register(WebhookReceipt)
class WebhookReceiptAdmin(ReadOnlyAdmin):
    """Deliveries of providers; those that failed can be processed again."""

    list_display: Any = ("received_at", "gateway", "event_id", "kind", "state", "tries", "error")
    list_filter: ClassVar[Any] = ("state", "gateway", "kind")
    search_fields: ClassVar[Any] = ("event_id",)
    actions: Any = ("process_again",)

    @admin.action(description=_("Process again"), permissions=["process"])
    def process_again(self, request: HttpRequest, queryset: QuerySet[WebhookReceipt]) -> None:
        """Ask the provider, and book what it says."""
        failed = 0
        for receipt in queryset:
            try:
                webhooks.process(receipt)
            except Exception as error:  # noqa: BLE001 - noted on the receipt, and shown
                failed += 1
                self.message_user(request, f"{receipt}: {error}", messages.ERROR)
        self.message_user(request, _("%(count)s processed.") % {"count": queryset.count() - failed})

    def has_process_permission(self, request: HttpRequest) -> bool:
        """Whether the user may change receipts: what a provider says is booked."""
        return request.user.has_perm("tradepost_payments.change_webhookreceipt")
