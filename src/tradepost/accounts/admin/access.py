"""Sessions and API keys in the admin. No secret is shown, but the text of a key when it is made."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from tradepost.core.access import existing_permissions
from tradepost.core.admin import ReadOnlyAdmin
from tradepost.core.dates import clock

from .. import services
from ..models import ApiKey, Session

__all__ = ["ApiKeyAdmin", "SessionAdmin"]


class NewKeyForm(forms.ModelForm):
    """A new key: whose role, and which permissions out of those that its maker has."""

    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, help_text=_("What it may do at most."))
    user = forms.ModelChoiceField(
        queryset=get_user_model()._default_manager.none(),
        help_text=_("With whose role it works; best a user of its own, who is staff."),
    )
    maker: ClassVar[Any] = None

    class Meta:
        model = ApiKey
        fields = ("name", "user", "scopes", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = sorted(name for name in existing_permissions() if name.startswith("tradepost_"))
        self.fields["scopes"].choices = [(name, name) for name in ours if self.maker.has_perm(name)]  # type: ignore[attr-defined]
        self.fields["user"].queryset = get_user_model()._default_manager.filter(is_staff=True)  # type: ignore[attr-defined]

    def clean_expires_at(self) -> Any:
        """In the future, if it ends at all."""
        end = self.cleaned_data["expires_at"]
        if end is not None and end <= clock.now():
            raise ValidationError(_("The end has to be in the future."))
        return end


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys of integrations: make one, and revoke it."""

    list_display: Any = ("name", "prefix", "user", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related: ClassVar[Any] = ("user",)
    search_fields: ClassVar[Any] = ("name", "prefix")
    actions: Any = ("revoke",)
    fields: ClassVar[Any] = (
        "name",
        "prefix",
        "user",
        "scopes",
        "created_by",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By Django's permission."""
        return bool(request.user.has_perm("tradepost_accounts.add_apikey"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of a new key, what is asked for."""
        return self.fields if obj else NewKeyForm.Meta.fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """For a new key, with the permissions of who makes it."""
        if obj is None:
            kwargs["form"] = type("NewKeyForm", (NewKeyForm,), {"maker": request.user})
        return super().get_form(request, obj, change=change, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:  # noqa: FBT001
        """The row that the service makes, of which the text is shown by :meth:`response_add`."""
        new = services.create_key(**form.cleaned_data, by=request.user)
        request.new_api_key = new.text  # type: ignore[attr-defined]
        return new.row

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Nothing: the service has saved it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Nothing either."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The page that shows the key this once; no message, which would be kept until it is read."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("New API key"),
            "key": request.new_api_key,  # type: ignore[attr-defined]
            "row": obj,
            "opts": self.opts,
        }
        return TemplateResponse(
            request, "tradepost/admin/new_api_key.html", context, headers={"Cache-Control": "no-store"}
        )

    @admin.action(description=_("Revoke the keys"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """For good."""
        for key in queryset:
            services.revoke_key(key)
        self.message_user(request, _("The keys open nothing any more."))

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether the user may change keys."""
        return bool(request.user.has_perm("tradepost_accounts.change_apikey"))


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Devices on which people are signed in."""

    list_display: Any = ("user", "label", "address", "last_used_at", "expires_at", "ended_at", "end_reason")
    list_filter: ClassVar[Any] = ("end_reason",)
    list_select_related: ClassVar[Any] = ("user",)
    search_fields: ClassVar[Any] = ("uuid", "label", "address")
    date_hierarchy = "created_at"
    actions: Any = ("end",)
    fields: ClassVar[Any] = (
        "uuid",
        "user",
        "label",
        "address",
        "created_at",
        "last_used_at",
        "rotated_at",
        "expires_at",
        "ended_at",
        "end_reason",
    )

    @admin.action(description=_("Sign the devices out"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """End the sessions."""
        for session in queryset:
            services.end(session, Session.End.ENDED)
        self.message_user(request, _("The devices are signed out."))

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whether the user may change sessions."""
        return bool(request.user.has_perm("tradepost_accounts.change_session"))
