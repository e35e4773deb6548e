"""The library's migrations, inherited, and beside them the project's own."""

from __future__ import annotations

from tradepost.catalogue import migrations as upstream

__path__ = [*__path__, *upstream.__path__]
