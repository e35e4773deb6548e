"""The contract of steps of a checkout, as a test class to inherit from. It needs the database."""

from __future__ import annotations

from collections.abc import Sequence

from tradepost.checkout.ports import Requirement, Situation, Step
from tradepost.checkout.view import look
from tradepost.testing.queries import count_queries
from tradepost.testing.scenario import Scenario

__all__ = ["StepContract"]

_WRITES = ("INSERT", "UPDATE", "DELETE")


class StepContract:
    """The contract for the checkout: a step looks, changes nothing, and says what is missing with a stable code."""

    def make_step(self) -> Step:
        """The step, as the setting names it."""
        raise NotImplementedError

    def scenario(self) -> Scenario:
        """A basket whose checkout lacks what this step asks for, or nothing; by default one with a line and no words."""
        return Scenario().basket(lines=1)

    def _situation(self) -> Situation:
        view = look(self.scenario().opened())
        return Situation(
            basket=view.basket,
            checkout=view.checkout,
            totals=view.totals,
            shipping=view.shipping,
            payment_methods={offer.alias: offer.reason for offer in view.payments},
            needs_payment=view.totals.total != 0,
            ships=view.ships,
        )

    def _ask(self, situation: Situation) -> Sequence[Requirement]:
        return list(self.make_step()(situation))

    def test_it_says_what_is_missing(self) -> None:
        """Requirements, each with a code that a program knows and a message that people read."""
        for requirement in self._ask(self._situation()):
            assert isinstance(requirement, Requirement)
            assert requirement.code == requirement.code.strip().lower().replace("-", "_").replace(" ", "_") != ""
            assert str(requirement.message)

    def test_it_changes_nothing(self) -> None:
        """It runs at each look: neither rows nor the checkout are changed."""
        situation = self._situation()
        before = dict(vars(situation.checkout))
        with count_queries() as queries:
            self._ask(situation)

        assert not [query for query in queries if query.startswith(_WRITES)]
        assert dict(vars(situation.checkout)) == before

    def test_the_same_look_gives_the_same_answer(self) -> None:
        """In the same order."""
        situation = self._situation()

        assert self._ask(situation) == self._ask(situation)
