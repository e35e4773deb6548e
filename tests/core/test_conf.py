"""Backends that settings name."""

from __future__ import annotations

from typing import Any

from tradepost.core.conf import Backend, instance


class Sample:
    """A backend with options."""

    def __init__(self, *, secrets: list[str] | None = None, places: dict[str, Any] | None = None) -> None:
        self.secrets = secrets
        self.places = places


PATH = f"{__name__}.Sample"


def test_a_backend_is_made_once_for_each_set_of_options() -> None:
    """Lists and dicts among them, which it is given as they are."""
    options = {"secrets": ["a", "b"], "places": {"UGX": 0, "more": [1]}}

    created = instance(Backend(PATH, options))

    assert (created.secrets, created.places) == (["a", "b"], {"UGX": 0, "more": [1]})
    assert instance(Backend(PATH, {"places": {"more": [1], "UGX": 0}, "secrets": ["a", "b"]})) is created
    assert instance(Backend(PATH, {**options, "secrets": ["b", "a"]})) is not created


def test_a_function_is_given_as_it_is() -> None:
    """Without options nothing is called."""
    assert instance(Backend("tradepost.core.conf.instance")) is instance
