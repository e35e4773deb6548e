"""Consents of customers: an append-only history, whose newest row says what holds.

The customer's row is locked while one is added: two clicks at once write one, and none is written by what was read before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid

from ..base import AbstractConsent, AbstractCustomer
from ..conf import Purpose, purposes
from ..errors import Anonymised, ConsentNotFound, ConsentOutdated
from ..events import ConsentChanged
from ..models import Consent, Customer

__all__ = [
    "Agreement",
    "ConsentState",
    "agreed_purposes",
    "agreement_to",
    "agreements_in",
    "consents_of",
    "give_consent",
    "read_agreements",
    "withdraw_all_consents",
    "withdraw_consent",
]

Source = AbstractConsent.Source


@dataclass(frozen=True, slots=True)
class Agreement:
    """A text that somebody agreed to, as they read it.

    Attributes:
        purpose: Key in ``TRADEPOST_CUSTOMERS["CONSENTS"]``.
        language: In which the text was shown.
    """

    purpose: str
    version: str
    text: str
    language: str

    def as_dict(self) -> dict[str, str]:
        """JSON to store; ``Agreement(**stored)`` reads it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ConsentState:
    """A purpose, and whether a customer agrees to it.

    Attributes:
        latest: The newest row; ``None`` where the customer was never asked, or never agreed.
    """

    key: str
    purpose: Purpose
    latest: AbstractConsent | None

    @property
    def is_granted(self) -> bool:
        """Whether they have agreed, to whatever version, and not withdrawn it."""
        return self.latest is not None and self.latest.is_granted

    @property
    def is_current(self) -> bool:
        """Whether they have agreed to the present version."""
        return self.is_granted and self.latest is not None and self.latest.version == self.purpose.VERSION

    @property
    def changed_at(self) -> datetime | None:
        """When they agreed or withdrew last."""
        return None if self.latest is None else self.latest.at


def consents_of(customer: AbstractCustomer | None) -> list[ConsentState]:
    """Every declared purpose with what holds for a customer, in the order of the setting. One query, none where nothing is
    declared.
    """
    declared = purposes()
    rows = Consent.objects.filter(customer=customer.pk).newest() if declared and customer is not None else ()
    latest = {row.purpose: row for row in rows}
    return [ConsentState(key, purpose, latest.get(key)) for key, purpose in declared.items()]


def agreement_to(key: str, version: str) -> Agreement:
    """The present text of a purpose, in the language that is active, for somebody who has just agreed to it.

    Args:
        version: Of the text that was shown to them.

    Raises:
        ConsentNotFound: There is no such purpose.
        ConsentOutdated: The text has changed since.
    """
    purpose = purposes().get(key)
    if purpose is None:
        raise ConsentNotFound(_("There is no such consent."))
    if version != purpose.VERSION:
        message = _("The text has changed. Please read it, and agree again.")
        raise ConsentOutdated(message, attr="version", version=purpose.VERSION)
    return Agreement(key, version, str(purpose.TEXT), (translation.get_language() or "")[:10])


def read_agreements(given: Mapping[str, str | None], *, attr: str = "consents") -> list[Agreement]:
    """The agreements of somebody, from untrusted input: version by purpose; a purpose without one wasn't agreed to.

    Raises:
        Invalid: There is no such purpose.
        ConsentOutdated: A text has changed since.
    """
    if unknown := sorted(given.keys() - purposes().keys()):
        raise Invalid(_("There is no such consent."), attr=attr, unknown=unknown[:10])
    try:
        return [agreement_to(key, version) for key, version in given.items() if version]
    except ConsentOutdated as refusal:
        raise ConsentOutdated(refusal.message, **{**refusal.context, "attr": attr}) from None


def agreements_in(given: Mapping[str, str]) -> list[Agreement]:
    """Those among versions by document that agree to a present text; the others are about something else, or too old."""
    declared = purposes()
    return [
        agreement_to(key, version)
        for key, version in given.items()
        if key in declared and version == declared[key].VERSION
    ]


@db.atomic
def give_consent(
    customer: AbstractCustomer,
    agreement: Agreement,
    *,
    source: str,
    reference: str = "",
    at: datetime | None = None,
    by: By | None = None,
) -> AbstractConsent:
    """Write down that a customer agrees. Safe to repeat: what holds already is written once.

    Args:
        agreement: What they read.
        source: One of ``Consent.Source``: where they agreed.
        reference: Number of the order with which they did.
        at: When, where that was before now; what they said after it counts more, and then nothing is written.
        by: Who writes it down, where that isn't the customer.

    Returns:
        The newest row.

    Raises:
        Anonymised: Their data were deleted, perhaps just now: nothing may be sent to them any more.

    Side effects: publishes :class:`~tradepost.customers.events.ConsentChanged`, where a row was written.
    """
    latest = _lock(customer, agreement.purpose)
    if Customer.objects.filter(pk=customer.pk).exclude(anonymised_at=None).exists():
        raise Anonymised(_("This customer's data were deleted."))
    moment = at or clock.now()
    holds = latest is not None and latest.is_granted and latest.version == agreement.version
    if latest is not None and (holds or latest.at > moment):
        return latest
    return _write(
        customer,
        purpose=agreement.purpose,
        is_granted=True,
        text=agreement.text,
        version=agreement.version,
        language=agreement.language,
        source=source,
        reference=reference,
        actor_label=_label(by),
        at=moment,
    )


@db.atomic
def withdraw_consent(
    customer: AbstractCustomer, purpose: str, *, source: str, by: By | None = None
) -> AbstractConsent | None:
    """Write down that a customer agrees no more. Safe to repeat; who never agreed has nothing to withdraw.

    Args:
        purpose: Its key, declared or not any more.
        by: Who writes it down, where that isn't the customer.

    Returns:
        The newest row; ``None`` where there is none.

    Side effects: publishes :class:`~tradepost.customers.events.ConsentChanged`, where a row was written.
    """
    latest = _lock(customer, purpose)
    if latest is None or not latest.is_granted:
        return latest
    return _write(
        customer,
        purpose=purpose,
        is_granted=False,
        version=latest.version,
        source=source,
        actor_label=_label(by),
        at=clock.now(),
    )


@db.atomic
def withdraw_all_consents(customer: AbstractCustomer, *, source: str) -> None:
    """Withdraw whatever a customer has agreed to."""
    for purpose in agreed_purposes(customer):
        withdraw_consent(customer, purpose, source=source)


def agreed_purposes(customer: AbstractCustomer) -> list[str]:
    """Keys of all that a customer agrees to, declared or not any more."""
    rows = Consent.objects.filter(customer=customer.pk).newest().filter(is_granted=True)
    return list(rows.order_by("purpose").values_list("purpose", flat=True))


def _lock(customer: AbstractCustomer, purpose: str) -> AbstractConsent | None:
    """The newest row, which stays the newest until the transaction ends."""
    Customer.objects.filter(pk=customer.pk).locked().first()
    return Consent.objects.filter(customer_id=customer.pk, purpose=purpose).order_by("-pk").first()


def _label(by: By | None) -> str:
    return "" if by is None else by.label[: cast(int, Consent._meta.get_field("actor_label").max_length)]


def _write(customer: AbstractCustomer, **values: Any) -> AbstractConsent:
    row = Consent.objects.create(customer_id=customer.pk, **values)
    events.publish(ConsentChanged(customer.pk, row.purpose, row.is_granted))
    return row
