"""Pictures get the name by which the API calls them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import migrations

_BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """In batches, each a few statements of its own, so that no lock lasts long; begun again it goes on where it ended."""
    images = apps.get_model("tradepost_catalogue", "Image").objects.using(schema_editor.connection.alias)
    while batch := list(images.filter(uuid=None).order_by("pk").only("pk", "uuid")[:_BATCH]):
        for image in batch:
            image.uuid = uuid4()
        images.bulk_update(batch, ["uuid"], batch_size=250)


class Migration(migrations.Migration):
    atomic = False  # each batch commits

    dependencies = [
        ('tradepost_catalogue', '0009_image_uuid'),
    ]

    operations = [
        # backwards the column itself goes
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
