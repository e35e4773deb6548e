from __future__ import annotations

from tradepost.catalogue import migrations as upstream

__path__ = [*__path__, *upstream.__path__]
