"""System checks of accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from string import Formatter
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning, register

from tradepost.core.conf import check_settings
from tradepost.core.mail import mail_backend
from tradepost.core.shop_settings import shop

from .conf import AccountSettings, settings, users
from .roles.checks import role_problems
from .users.model_users import ModelUsers, has_field

__all__ = ["check_accounts", "check_deployed_accounts"]

_LONGEST = {
    "REGISTER_LIFETIME": timedelta(days=7),
    "RESET_LIFETIME": timedelta(days=1),
    "CHANGE_LIFETIME": timedelta(days=7),
}
_LONGEST_SESSION = {"SESSION_LIFETIME": timedelta(days=90), "REFRESH_GRACE": timedelta(minutes=1)}
_IN_COOKIES = "django.contrib.sessions.backends.signed_cookies"
_NOWHERE = {
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
    "django.core.mail.backends.filebased.EmailBackend",
    "django.core.mail.backends.locmem.EmailBackend",
}


@register("tradepost")
def check_accounts(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_ACCOUNTS``: its keys, where links go, and whether users can be made."""
    wrong = check_settings("TRADEPOST_ACCOUNTS", AccountSettings, "tradepost.E150")
    return wrong or [*_link_problems(settings().LINK), *_user_problems(), *role_problems(settings().ROLES)]


def _link_problems(template: str) -> Iterator[CheckMessage]:
    hint = 'TRADEPOST_ACCOUNTS = {"LINK": "https://shop.example.com/account/{page}?token={token}"}'
    try:
        names = {name for _text, name, _spec, _conversion in Formatter().parse(template) if name is not None}
    except ValueError:
        names = set()
    begins = template.startswith("/") or "://" in template.partition("{")[0]
    if names != {"page", "token"} or not begins:
        message = 'TRADEPOST_ACCOUNTS["LINK"] is a path or a whole address with {page} and {token} in it.'
        yield Error(message, hint=hint, id="tradepost.E151")
    elif template == AccountSettings().LINK and _has_api_only():
        message = "Mail about accounts links to pages of tradepost.storefront, which isn't installed."
        yield Warning(message, hint=hint, id="tradepost.W152")


def _has_api_only() -> bool:
    """Whether there is a front end of the project's own; who uses neither of ours may serve pages at these paths."""
    return "tradepost_api" in apps.app_configs and "tradepost_storefront" not in apps.app_configs


def _user_problems() -> Iterator[CheckMessage]:
    store = users()
    if isinstance(store, ModelUsers) and (unfilled := store.unfilled()):
        model = get_user_model()._meta.label
        yield Error(
            f"{model} wants {', '.join(unfilled)}, which {type(store).__name__}.values() leaves empty: nobody can register.",
            hint='TRADEPOST_ACCOUNTS = {"USERS": "myshop.users.Users"}, a subclass of '
            "tradepost.accounts.users.model_users.ModelUsers whose values() fills it.",
            id="tradepost.E153",
        )
    if isinstance(store, ModelUsers) and not has_field("is_active"):
        yield Warning(
            f"{get_user_model()._meta.label} has no column is_active: accounts can't be deactivated.",
            hint="Add is_active = models.BooleanField(default=True) to it, or silence this check.",
            id="tradepost.W154",
        )


@register("tradepost", deploy=True)
def check_deployed_accounts(**kwargs: Any) -> list[CheckMessage]:
    """Check what a shop must not go live with; run by ``check --deploy``."""
    if check_settings("TRADEPOST_ACCOUNTS", AccountSettings, "tradepost.E150"):
        return []
    return [
        *_lifetime_problems(settings()),
        *_session_problems(settings()),
        *_browser_problems(),
        *_mail_problems(settings()),
    ]


def _lifetime_problems(options: AccountSettings) -> Iterator[CheckMessage]:
    for key, longest in _LONGEST.items():
        if getattr(options, key) > longest:
            message = (
                f'TRADEPOST_ACCOUNTS["{key}"] is longer than {longest}: whoever reads an old mail has the account.'
            )
            default = getattr(AccountSettings(), key)
            yield Warning(message, hint=f'TRADEPOST_ACCOUNTS = {{"{key}": {default!r}}}', id="tradepost.W155")


def _session_problems(options: AccountSettings) -> Iterator[CheckMessage]:
    for key, longest in _LONGEST_SESSION.items():
        if getattr(options, key) > longest:
            message = f'TRADEPOST_ACCOUNTS["{key}"] is longer than {longest}: as long a stolen refresh token can go unnoticed.'
            default = getattr(AccountSettings(), key)
            yield Warning(message, hint=f'TRADEPOST_ACCOUNTS = {{"{key}": {default!r}}}', id="tradepost.W158")


def _browser_problems() -> Iterator[CheckMessage]:
    if getattr(django_settings, "SESSION_ENGINE", "") == _IN_COOKIES:
        yield Warning(
            "Sessions are kept in the browsers' cookies: a browser isn't in the list of devices, and can't be signed out from "
            "elsewhere, nor by a change of address.",
            hint='SESSION_ENGINE = "tradepost.core.requests.session_store", and django.contrib.sessions in INSTALLED_APPS.',
            id="tradepost.W159",
        )


def _mail_problems(options: AccountSettings) -> Iterator[CheckMessage]:
    if not f"{shop().URL if options.LINK.startswith('/') else options.LINK}".startswith("https://"):
        yield Warning(
            "Links in mail about accounts don't begin with https://, so that their secrets can be read on the way.",
            hint='TRADEPOST_SHOP = {"URL": "https://shop.example.com"}',
            id="tradepost.W156",
        )
    backend, hint = mail_backend()
    if backend in _NOWHERE:
        message = f"{backend} sends nothing, and nobody can register or ask for a new password."
        yield Warning(message, hint=hint, id="tradepost.W157")
