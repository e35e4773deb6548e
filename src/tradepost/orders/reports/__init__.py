"""Reports on orders: sales, taxes, and why one costs what it costs."""

from __future__ import annotations

from .sales_breakdown import BREAKDOWNS, BreakdownRow, sales_breakdown
from .sales_report import Sales, SalesReport, sales
from .tax_totals import TaxTotal, tax_totals

__all__ = [
    "BREAKDOWNS",
    "BreakdownRow",
    "Sales",
    "SalesReport",
    "TaxTotal",
    "sales",
    "sales_breakdown",
    "tax_totals",
]
