"""Write the postcodes of areas as those of addresses are since: an area typed with full-width digits met no address."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import migrations


def plain_postcodes(apps: Any, schema_editor: Any) -> None:
    """Each area that isn't plain yet; they are few, and were typed by hand."""
    using = schema_editor.connection.alias
    areas = apps.get_model("tradepost_pricing", "ZoneArea").objects.using(using)
    for area in areas.exclude(postcode_from="", postcode_to="").order_by("pk"):
        first, last = _plain(area.postcode_from), _plain(area.postcode_to)
        if (first, last) != (area.postcode_from, area.postcode_to):
            areas.filter(pk=area.pk).update(postcode_from=first, postcode_to=last)


def _plain(text: str) -> str:
    """What the library made of a postcode when this was released; it stays, whatever it does later."""
    folded = "".join(_character(character) for character in unicodedata.normalize("NFKC", text))
    capitals = "".join(character.upper() if character.isascii() else character for character in folded)
    return re.sub(r"\s+", " ", capitals).strip()


def _character(character: str) -> str:
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Pd" or character in "\u2212\u30fc\u00ad":
        return "-"
    return "" if category == "Cf" else character


class Migration(migrations.Migration):
    dependencies = [("tradepost_pricing", "0004_converted_prices")]

    operations = [
        # backwards there is nothing to do: what is plain was read before, too
        migrations.RunPython(plain_postcodes, migrations.RunPython.noop),
    ]
