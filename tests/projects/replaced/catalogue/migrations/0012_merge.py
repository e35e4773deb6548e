from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tradepost_catalogue", "0009_merge"),
        ("tradepost_catalogue", "0011_unique_image_uuids"),
    ]
