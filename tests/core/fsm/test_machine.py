"""State machines, on the basket's and the order's own states."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test.utils import isolate_apps
from django_fsm import TransitionNotAllowed

from tradepost.basket.models import Basket
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.errors import Misused, TransitionRefused
from tradepost.core.fsm import StateField, StatefulModel, fire, guard, mermaid, steps, transition
from tradepost.orders.models import Order

STAFF, CUSTOMER = By(Actor.STAFF, label="anna"), By(Actor.CUSTOMER)


def _order(**values: object) -> Order:
    return Order(
        **{"number": "1001", "currency": "EUR", "total": Decimal("10.00"), "prices_include_tax": True, **values}
    )


def test_a_refusal_says_why() -> None:
    """Every guard gives its code and a sentence."""
    with pytest.raises(TransitionRefused) as refusal:
        fire(_order(), "confirm", SYSTEM)

    assert refusal.value.context["refusals"] == [{"code": "not_covered", "reason": "Payments do not cover the total."}]
    assert refusal.value.context["state"] == "pending"


def test_a_transition_is_made_where_its_guards_hold() -> None:
    """The state moves, and the caller saves."""
    order = _order(amount_secured=Decimal("10.00"))

    assert fire(order, "confirm", SYSTEM) is True
    assert order.status == "confirmed"


def test_the_same_transition_again_is_a_no_op() -> None:
    """Whatever arrives twice changes nothing."""
    order = _order(status="confirmed")

    assert fire(order, "confirm", SYSTEM) is False
    assert order.status == "confirmed"


def test_staff_may_override_guards_where_it_is_declared() -> None:
    """An overridable transition passes its guards for staff, and for nobody else."""
    order = _order()
    with pytest.raises(TransitionRefused):
        fire(order, "confirm", SYSTEM, override=True)

    assert fire(order, "confirm", STAFF, override=True) is True
    assert order.status == "confirmed"


def test_a_customer_cancels_until_it_is_processed() -> None:
    """The same transition has other actors in another state."""
    assert fire(_order(status="confirmed"), "cancel", CUSTOMER) is True
    with pytest.raises(TransitionRefused) as refusal:
        fire(_order(status="processing"), "cancel", CUSTOMER)
    assert [r["code"] for r in refusal.value.context["refusals"]] == ["wrong_actor"]
    assert fire(_order(status="processing"), "cancel", STAFF) is True


def test_an_unknown_transition_names_the_known_ones() -> None:
    """A misspelt name is a programmer's mistake, and told as one."""
    with pytest.raises(Misused, match=r"there are: cancel, .*confirm, expire"):
        fire(_order(), "confrim", SYSTEM)


def test_steps_list_refused_transitions_too() -> None:
    """Staff see what could be done, and why not."""
    values = {step.name: [r.code for r in step.refusals] for step in steps(_order(), STAFF)}

    values.pop("quote", None)  # of the project that replaces orders
    assert values == {"confirm": ["not_covered"], "cancel": [], "expire": ["wrong_actor", "not_due"]}


def test_the_state_is_protected() -> None:
    """Nobody assigns it."""
    order = _order()
    with pytest.raises(AttributeError):
        order.status = "completed"


@pytest.mark.django_db
def test_full_clean_and_refresh_leave_the_protection_on() -> None:
    """Django's own ways of setting fields work, and don't open the field."""
    basket = Basket.objects.create(currency="EUR")
    basket.full_clean()
    Basket.objects.filter(pk=basket.pk).update(status="submitted")
    basket.refresh_from_db()
    assert basket.status == "submitted"
    with pytest.raises(AttributeError):
        basket.status = "open"


@pytest.mark.django_db
def test_a_refresh_of_a_deleted_row_leaves_the_protection_on() -> None:
    """A failed refresh concerns one instance only."""
    basket = Basket.objects.create(currency="EUR")
    Basket.objects.all().delete()
    with pytest.raises(Basket.DoesNotExist):
        basket.refresh_from_db()
    with pytest.raises(AttributeError):
        basket.status = "closed"


def test_choices_come_from_the_transitions() -> None:
    """Forms and filters know every state."""
    assert [value for value, _ in Basket._meta.get_field("status").choices or []] == [
        "open",
        "submitted",
        "closed",
        "merged",
    ]
    with pytest.raises(ValidationError):
        Basket._meta.get_field("status").clean("lost", Basket())


def test_the_graph_is_drawn_from_the_code() -> None:
    """Mermaid shows each transition."""
    drawn = mermaid(Basket)
    assert drawn.splitlines()[0] == "stateDiagram-v2"
    assert "    open --> submitted: submit" in drawn.splitlines()


def test_django_fsm_itself_refuses_from_another_state() -> None:
    """The method alone is guarded as well."""
    with pytest.raises(TransitionNotAllowed):
        Basket(status="closed").submit()


class AbstractDoor(StatefulModel):
    state = StateField(default="shut", max_length=10)

    @transition(field=state, source="shut", target="open")
    def open(self) -> None:
        """Anybody may."""

    @transition(field=state, source="open", target="shut")
    def shut(self) -> None:
        """Anybody may."""

    class Meta:
        abstract = True


@isolate_apps()
def test_a_subclass_removes_and_guards_transitions() -> None:
    """``None`` takes one away, a method of the same name guards one; the base's other models keep theirs."""

    class Door(AbstractDoor):
        class Meta:
            app_label = "tests"

    class Vault(AbstractDoor):
        shut = None

        @transition(field="state", source="shut", target="open", conditions=[guard("locked", "It is locked.")(_never)])
        def open(self) -> None:
            """Nobody may."""

        class Meta:
            app_label = "tests"

    vault = Vault()
    assert [(s.name, [r.code for r in s.refusals]) for s in steps(vault, STAFF, field="state")] == [
        ("open", ["locked"])
    ]
    with pytest.raises(Misused):
        fire(vault, "shut", STAFF, field="state")
    assert (fire(Door(), "open", STAFF, field="state"), fire(Door(state="open"), "shut", STAFF, field="state")) == (
        True,
        True,
    )


def _never(door: object) -> bool:
    return False
