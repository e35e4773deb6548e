"""Forms of actions: a form asks, says what will happen, and acts by a service, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tradepost.core.actors import By
from tradepost.core.pages.action_forms import ActionForm

__all__ = ["ActForm", "Preview", "Sum"]


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount before and after, in words."""

    label: Any
    before: str
    after: str

    @property
    def changes(self) -> bool:
        """Whether it is another one afterwards."""
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The effects of an action, before anybody presses its button.

    Attributes:
        button: The button's words: a verb and the amount. The form's title without them.
        sentences: What will happen, one thing each.
        sums: Money before and after.
    """

    button: str = ""
    sentences: tuple[str, ...] = ()
    sums: tuple[Sum, ...] = ()


class ActForm(ActionForm):
    """The input of an action of the dashboard: fields, what will happen, and the service that does it.

    Attributes:
        previews: Whether it shows what will happen with what is in its fields, before it acts.
        heeds_changes: It isn't done where the row was changed since the form was opened: what changed is shown first.
        is_serious: The button is red: money leaves, or something can't be taken back.
        outcome: What came of it, for the message afterwards; set by :meth:`act`.
        outcome_level: ``success``, or ``warning`` where something is still open.
        goes_to: Address of the page to show afterwards; empty for the one that the form was opened from. Set by :meth:`act`.
    """

    previews: ClassVar[bool] = False
    heeds_changes: ClassVar[bool] = True
    is_serious: bool = False
    outcome: str = ""
    outcome_level: str = "success"
    goes_to: str = ""

    def preview(self, by: By) -> Preview:
        """The effects that it would have; asked of the services, and undone.

        Raises:
            TradepostError: It would be refused, and why.
        """
        return Preview()
