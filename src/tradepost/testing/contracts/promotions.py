"""Contracts of choices among promotions and histories of orders, as test classes to inherit from."""

from __future__ import annotations

from decimal import Decimal

from tradepost.customers.base import AbstractCustomer
from tradepost.promotions.ports import Choice, Offer, OrderHistory
from tradepost.promotions.rules import PromotionRule
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries
from tradepost.testing.scenario import Scenario

__all__ = ["ChoiceContract", "OrderHistoryContract"]


class ChoiceContract:
    """The contract for the calculation: one of the offers is taken, the same one each time."""

    def make_choice(self) -> Choice:
        """The choice, made as a project's settings would."""
        raise NotImplementedError

    def _offers(self) -> list[Offer]:
        saved = {"autumn": "2.50", "bundle": "7.00", "club": "7.00"}
        return [
            Offer(
                PromotionRule(code=code, label=code, priority=0, is_exclusive=False, conditions=(), benefits=()),
                Decimal(amount),
            )
            for code, amount in saved.items()
        ]

    def test_one_of_the_offers_is_taken(self) -> None:
        """None is made up, and the list isn't changed."""
        offers = self._offers()

        assert self.make_choice().choose(offers) in offers
        assert offers == self._offers()

    def test_the_only_offer_is_taken(self) -> None:
        """It has an effect, or it wouldn't be offered."""
        [_autumn, bundle, _club] = self._offers()

        assert self.make_choice().choose([bundle]) == bundle

    def test_the_same_offers_give_the_same_answer(self) -> None:
        """So that a basket and its order cost the same."""
        choice = self.make_choice()

        assert (
            choice.choose(self._offers()) == choice.choose(self._offers()) == self.make_choice().choose(self._offers())
        )


class OrderHistoryContract:
    """The contract for promotions of a first order. It needs the database."""

    def make_history(self) -> OrderHistory:
        """The history, made as a project's settings would."""
        raise NotImplementedError

    def arrange(self, customer: AbstractCustomer | None, email: str) -> None:
        """Somebody has ordered: a customer, or a guest who left an address. By default in this shop."""
        Scenario(customer=customer).basket().says(email=email).paid()

    def test_who_has_ordered_is_known(self) -> None:
        """By their account and, for a guest, by their e-mail; however it was written."""
        customer = make.customer()
        self.arrange(customer, "ada@example.com")
        self.arrange(None, "Bob@Example.com")
        history = self.make_history()

        assert history.earlier(customer.pk, "").exists()
        assert history.earlier(None, "bob@example.com").exists()
        assert history.earlier(make.customer().pk, "bob@example.com").exists()

    def test_strangers_are_not_known(self) -> None:
        """Nor is somebody of whom nothing is known."""
        self.arrange(make.customer(), "ada@example.com")
        self.arrange(None, "bob@example.com")
        history = self.make_history()

        assert not history.earlier(make.customer().pk, "eve@example.com").exists()
        assert not history.earlier(None, "eve@example.com").exists()
        assert not history.earlier(None, "").exists()

    def test_it_asks_nothing_itself(self) -> None:
        """It gives a part of a query that is asked anyway."""
        with count_queries() as queries:
            self.make_history().earlier(1, "ada@example.com")

        assert queries == []
