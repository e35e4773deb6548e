"""The contract of pages of the checkout, as a test class to inherit from. It needs the database."""

from __future__ import annotations

import re

from django.template.loader import get_template
from django.test import RequestFactory

from tradepost.checkout.view import look
from tradepost.storefront.ports import CheckoutPage
from tradepost.testing.queries import count_queries
from tradepost.testing.scenario import Scenario

__all__ = ["CheckoutPageContract"]

_WRITES = ("INSERT", "UPDATE", "DELETE")


class CheckoutPageContract:
    """The contract for the storefront: a page has a key and a heading, its templates exist, and viewing changes nothing."""

    def make_page(self) -> CheckoutPage:
        """The page, as the setting names it."""
        raise NotImplementedError

    def scenario(self) -> Scenario:
        """A basket whose checkout shows the page; by default one with a line and no words."""
        return Scenario().basket(lines=1)

    def test_it_can_be_addressed_and_is_called_something(self) -> None:
        """A key for addresses, a title for people."""
        page = self.make_page()

        assert re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", page.key)
        assert str(page.title)

    def test_its_templates_are_there(self) -> None:
        """That of the open page, and that of the page in short where there is one."""
        page = self.make_page()
        for name in filter(None, (page.template_name, page.summary_template_name)):
            get_template(name)

    def test_looking_changes_nothing(self) -> None:
        """Whether it is shown, whether it is done, and what its form holds is asked at each look."""
        page, view = self.make_page(), look(self.scenario().opened())
        request = RequestFactory().get("/checkout/")
        with count_queries() as queries:
            assert page.is_shown(view) in {True, False}
            assert page.is_done(view) in {True, False}
            if page.form_class is not None:
                assert page.form_class(initial=dict(page.get_initial(request, view))).as_p()

        assert not [query for query in queries if query.startswith(_WRITES)]
