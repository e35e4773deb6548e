"""Messages about addresses that were saved and look unusual."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from ..addresses.place_warnings import place_warnings

__all__ = ["warn_of_place"]


def warn_of_place(request: HttpRequest, form: Any) -> None:
    """Show what to check in the address of a form that was saved, where its country or postcode was changed."""
    if {"country", "postcode"} & {*form.changed_data}:
        for warning in place_warnings(form.instance):
            messages.warning(request, f"{form.instance}: {warning.message}")
