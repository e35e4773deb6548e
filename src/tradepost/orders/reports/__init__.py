"""Reports on orders: sales, taxes, and why one costs what it costs."""

from __future__ import annotations

from .sales_breakdown import BREAKDOWNS, BreakdownRow, sales_breakdown
from .sales_report import Sales, SalesReport, sales

__all__ = [
    "BREAKDOWNS",
    "BreakdownRow",
    "Sales",
    "SalesReport",
    "sales",
    "sales_breakdown",
]
