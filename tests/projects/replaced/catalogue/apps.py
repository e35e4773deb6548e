"""Replaces tradepost.catalogue, under its own label."""

from __future__ import annotations

import tradepost.catalogue.apps


class CatalogueConfig(tradepost.catalogue.apps.CatalogueConfig):
    name = "tests.projects.replaced.catalogue"
    default = True
