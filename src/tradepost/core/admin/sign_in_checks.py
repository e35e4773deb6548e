"""The check of admin sites: that passwords can't be guessed there without end."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.sites import all_sites
from django.core.checks import CheckMessage, Warning

from .sign_in import is_limited

__all__ = ["check_sign_in"]


def check_sign_in(**kwargs: Any) -> list[CheckMessage]:
    """Each admin site of the project limits attempts to sign in."""
    return [
        Warning(
            f"The sign-in of the admin site {site.name!r} has no limit: passwords can be guessed there.",
            hint="Where the site is made: tradepost.core.admin.sign_in.limit_sign_in(site).",
            id="tradepost.W006",
        )
        for site in sorted(all_sites, key=lambda site: site.name)
        if not is_limited(site)
    ]
