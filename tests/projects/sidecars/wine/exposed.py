"""Where the fields of our models are shown."""

from __future__ import annotations

from tradepost.core.extending.exposed_fields import (
    CUSTOMER,
    PUBLIC,
    STAFF,
    expose,
)

PRODUCT = "tradepost_catalogue.Product"
ORDER = "tradepost_orders.Order"

expose(PRODUCT, "wine__vintage", read=PUBLIC, write=STAFF, filter=True)
expose(PRODUCT, "wine__region", read=PUBLIC, write=STAFF, search=True, label="Grown in")
expose(PRODUCT, "wine__alcohol", read=PUBLIC, write=STAFF)
expose(PRODUCT, "wine__barrel", write=STAFF)
expose("tradepost_customers.Customer", "taste__likes", read=CUSTOMER, write=STAFF)
expose("tradepost_customers.Customer", "metadata.risk", read=STAFF)
expose("tradepost_basket.Basket", "crate__is_gift", read=CUSTOMER)
expose("tradepost_basket.BasketLine", "wish__text", read=CUSTOMER)
expose(ORDER, "age_check__is_adult", read=CUSTOMER, filter=True)
expose(ORDER, "age_check__checked_by", read=STAFF, search=True)
expose("tradepost_orders.OrderLine", "label__text", read=CUSTOMER)
