"""System checks of the storefront."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, register

from tradepost.core.addresses.countries import COUNTRIES
from tradepost.core.conf import check_settings

from .conf import StorefrontSettings, checkout_pages, settings
from .ports import CheckoutPage

__all__ = ["check_checkout_pages", "check_countries", "check_storefront"]

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)
_TAKEN = {"place"}  # checkout/place/
_APPS = ("django.contrib.sessions", "django.contrib.messages", "django.contrib.auth", "django.contrib.staticfiles")
_PROCESSORS = ("django.template.context_processors.request", "django.contrib.messages.context_processors.messages")


@register("tradepost")
def check_storefront(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_STOREFRONT``, and the parts of Django that its pages use."""
    messages = check_settings("TRADEPOST_STOREFRONT", StorefrontSettings, "tradepost.E850")
    messages += [
        Error(f"tradepost.storefront needs {app}.", hint=f'INSTALLED_APPS = ["{app}", …]', id="tradepost.E851")
        for app in _APPS
        if not apps.is_installed(app)
    ]
    engines: Any = django_settings.TEMPLATES
    used = {name for engine in engines for name in engine.get("OPTIONS", {}).get("context_processors", [])}
    messages += [
        Error(
            f"The templates of tradepost.storefront need {name}.",
            hint='Add it to TEMPLATES[0]["OPTIONS"]["context_processors"].',
            id="tradepost.E852",
        )
        for name in _PROCESSORS
        if name not in used
    ]
    return messages


@register("tradepost")
def check_countries(**kwargs: Any) -> list[CheckMessage]:
    """Countries of the settings are those of ISO 3166-1."""
    try:
        chosen = settings()
    except Exception:  # noqa: BLE001 - whatever is wrong with them is tradepost.E850
        return []
    unknown = sorted({*chosen.COUNTRIES, *filter(None, [chosen.COUNTRY])} - COUNTRIES)
    if not unknown:
        return []
    message = f"TRADEPOST_STOREFRONT names what isn't an ISO 3166-1 country: {', '.join(unknown)}."
    return [Error(message, hint='"COUNTRIES": ("DE", "GB")', id="tradepost.E854")]


@register("tradepost")
def check_checkout_pages(**kwargs: Any) -> list[CheckMessage]:
    """The pages of the checkout have keys of their own, and the last of them, alone, places the order."""
    try:
        pages = checkout_pages()
    except Exception:  # noqa: BLE001 - whatever is wrong with them is tradepost.E850
        return []
    where = 'TRADEPOST_STOREFRONT["CHECKOUT_PAGES"]'
    return [Error(f"{where}: {problem}", hint=hint, id="tradepost.E853") for problem, hint in _page_problems(pages)]


def _page_problems(pages: Sequence[object]) -> Iterator[tuple[str, str]]:
    for page in pages:
        if not isinstance(page, CheckoutPage):
            hint = f"class {type(page).__name__}(CheckoutPage): …"
            yield f"{type(page).__name__} is not a subclass of tradepost.storefront.ports.CheckoutPage.", hint
            return
    declared = [page for page in pages if isinstance(page, CheckoutPage)]
    for page in declared:
        if not _KEY.fullmatch(page.key) or page.key in _TAKEN:
            yield f"{type(page).__name__} can't have the key {page.key!r}.", 'key = "gift-message"'
        if not page.places_order and page.form_class is not None and type(page).save is CheckoutPage.save:
            yield f"{type(page).__name__} has a form and no save().", "def save(self, basket, data): …"
    keys = [page.key for page in declared]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"two pages have the key {key!r}.", "Name each page once, and give each a key of its own."
    if [page.places_order for page in declared] != [False] * (len(declared) - 1) + [True]:
        hint = "End the list with tradepost.storefront.checkout_pages.ReviewPage, or with a subclass of it."
        yield "the last page, and no other, places the order (places_order = True).", hint
