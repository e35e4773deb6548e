"""The migrations of the previous release, by app label: what databases out there stand at.

Nothing is released yet, so it is the first migration of each app. A release writes its own last migrations here.
"""

from __future__ import annotations

__all__ = ["PREVIOUS"]

_APPS = "api basket catalogue checkout core customers fulfilment inventory orders payments pricing promotions shipping"
PREVIOUS = {f"tradepost_{app}": "0001_initial" for app in _APPS.split()}
