from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tradepost_catalogue", "0008_merge"),
        ("tradepost_catalogue", "0008_popularity"),
    ]
