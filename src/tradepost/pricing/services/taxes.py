"""The configured tax engine, and the check of tax ids."""

from __future__ import annotations

import logging
from typing import cast

from tradepost.core import db
from tradepost.core.conf import instance
from tradepost.core.dates import clock

from ..conf import settings
from ..document import Document, Totals
from ..errors import TaxUnavailable
from ..ports import TaxContext, TaxEngine, Taxer
from ..tax.ports import (
    TaxIdCheck,
    TaxIdChecker,
    TaxReporter,
)
from ..tax.tax_ids import compact

__all__ = ["check_tax_id", "tax_is_known", "tax_reporter", "taxer"]

logger = logging.getLogger(__name__)


def taxer(context: TaxContext) -> Taxer:
    """A function that taxes a document, by the configured engine; where it can't, the function raises ``TaxUnavailable``."""
    try:
        return cast("TaxEngine", instance(settings().TAX)).load(context)
    except TaxUnavailable as error:
        refusal = error

    def refuse(document: Document) -> None:
        raise refusal

    return refuse


def tax_is_known(totals: Totals) -> bool:
    """Whether the taxes of totals could be calculated."""
    return all(error["code"] != TaxUnavailable.code for error in totals.errors)


def tax_reporter() -> TaxReporter | None:
    """The configured tax engine, if its service is told of sales."""
    engine = instance(settings().TAX)
    return engine if isinstance(engine, TaxReporter) else None


def check_tax_id(tax_id: str, country: str) -> TaxIdCheck:
    """Check a tax id with the configured checker. Outside any transaction, since it may ask a register.

    Args:
        tax_id: As the buyer wrote it.
        country: Of the buyer, ISO 3166-1 alpha-2; empty where it isn't known.

    Returns:
        ``valid=None`` where the checker failed: an id isn't wrong because nobody could look.
    """
    db.outside("check_tax_id()")
    try:
        return cast("TaxIdChecker", instance(settings().TAX_ID)).check(compact(tax_id), country)
    except Exception:
        logger.exception("The check of a tax id failed")
        return TaxIdCheck(valid=None, method="failed", at=clock.now())
