"""The first page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..pages import Page

__all__ = ["HomePage"]


class HomePage(Page):
    """Work first, then numbers; made of panels."""

    key = "home"
    section = "home"
    title = _("Home")
    pattern = ""
    template_name = "tradepost/dashboard/home/home.html"

    def get_context(self, **facts: object) -> dict[str, object]:
        """The panels that the reader sees."""
        return super().get_context(panels=self.shown_panels(), **facts)
