"""System checks of the storefront."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, register

from tradepost.core.conf import check_settings

from .conf import StorefrontSettings

__all__ = ["check_storefront"]

_APPS = ("django.contrib.sessions", "django.contrib.messages", "django.contrib.auth", "django.contrib.staticfiles")
_PROCESSORS = ("django.template.context_processors.request", "django.contrib.messages.context_processors.messages")


@register("tradepost")
def check_storefront(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_STOREFRONT``, and the parts of Django that its pages use."""
    found = check_settings("TRADEPOST_STOREFRONT", StorefrontSettings, "tradepost.E850")
    found += [
        Error(f"tradepost.storefront needs {app}.", hint=f'INSTALLED_APPS = ["{app}", …]', id="tradepost.E851")
        for app in _APPS
        if not apps.is_installed(app)
    ]
    engines: Any = django_settings.TEMPLATES
    used = {name for engine in engines for name in engine.get("OPTIONS", {}).get("context_processors", [])}
    found += [
        Error(
            f"The templates of tradepost.storefront need {name}.",
            hint='Add it to TEMPLATES[0]["OPTIONS"]["context_processors"].',
            id="tradepost.E852",
        )
        for name in _PROCESSORS
        if name not in used
    ]
    return found
