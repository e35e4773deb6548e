"""Where the fields of our models are shown."""

from __future__ import annotations

from tradepost.core.extending.exposed_fields import (
    CUSTOMER,
    PUBLIC,
    STAFF,
    expose,
)

PRODUCT = "tradepost_catalogue.Product"

expose(PRODUCT, "book__author", read=PUBLIC, write=STAFF, search=True)
expose(PRODUCT, "book__pages", read=PUBLIC, write=STAFF, filter=True)
expose(PRODUCT, "book__isbn", read=CUSTOMER)
expose(PRODUCT, "book__shelf", read=STAFF, write=STAFF, search=True, filter=True)
expose(PRODUCT, "metadata.series", read=PUBLIC, write=STAFF, search=True, filter=True)
expose("tradepost_catalogue.Variant", "edition__binding", read=PUBLIC, write=STAFF, search=True)
