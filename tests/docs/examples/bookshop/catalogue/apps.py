from __future__ import annotations

import tradepost.catalogue.apps


class CatalogueConfig(tradepost.catalogue.apps.CatalogueConfig):
    name = "bookshop.catalogue"  # the label stays tradepost_catalogue
    default = True
