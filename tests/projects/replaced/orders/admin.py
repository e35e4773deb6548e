"""Ours, with the card in the list and on the page."""

from __future__ import annotations

from django.contrib import admin

from tradepost.orders import admin as stock

from .models import Order

admin.site.unregister(Order)


@admin.register(Order)
class OrderAdmin(stock.OrderAdmin):
    list_display = (*stock.OrderAdmin.list_display, "gift_message")
    search_fields = (*stock.OrderAdmin.search_fields, "gift_message")
