"""Commerce for Django: composable apps for a shop or a marketplace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__version__ = "0.1.0"
__all__ = ["APPS", "EXTRA_APPS", "OPTIONAL_APPS", "__version__", "installed_apps"]

APPS: tuple[str, ...] = (
    "tradepost.core",
    "tradepost.customers",
    "tradepost.accounts",
    "tradepost.catalogue",
    "tradepost.pricing",
    "tradepost.inventory",
    "tradepost.shipping",
    "tradepost.promotions",
    "tradepost.basket",
    "tradepost.orders",
    "tradepost.fulfilment",
    "tradepost.payments",
    "tradepost.checkout",
    "tradepost.api",
    "tradepost.storefront",
    "tradepost.dashboard",
    "tradepost.console",
)
OPTIONAL_APPS: frozenset[str] = frozenset(
    {
        "tradepost.accounts",
        "tradepost.fulfilment",
        "tradepost.payments",
        "tradepost.api",
        "tradepost.storefront",
        "tradepost.dashboard",
        "tradepost.console",
    }
)
# Those that need an extra of the package; a project names them itself, behind what installed_apps() gives.
EXTRA_APPS: tuple[str, ...] = ("tradepost.graphql",)
_COMPANIONS: Mapping[str, tuple[str, ...]] = {
    "tradepost.core": ("polymorphic", "treebeard"),
    "tradepost.api": ("rest_framework", "django_filters", "drf_spectacular"),
}


def installed_apps(*, without: Sequence[str] = (), replace: Mapping[str, str] | None = None) -> list[str]:
    """The lines for ``INSTALLED_APPS``, lower layers first, with the third-party apps that they need.

    Args:
        without: Optional apps to leave out, by their full names (``"tradepost.api"``).
        replace: The project's own package for an app of ours (``{"tradepost.catalogue": "myshop.catalogue"}``).

    Raises:
        ValueError: A name is not an app of the library, or it can't be left out.
    """
    replace = dict(replace or {})
    for name in [*without, *replace]:
        if name not in APPS:
            raise ValueError(f"{name!r} is not an app of Tradepost; there are: {', '.join(APPS)}.")
    for name in without:
        if name not in OPTIONAL_APPS:
            raise ValueError(f"{name!r} can't be left out; optional are: {', '.join(sorted(OPTIONAL_APPS))}.")
    names: list[str] = []
    for name in APPS:
        if name not in without:
            names += [*_COMPANIONS.get(name, ()), replace.get(name, name)]
    return names
