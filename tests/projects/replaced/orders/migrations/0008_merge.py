from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tradepost_orders", "0007_merge"),
        ("tradepost_orders", "0008_drafts"),
    ]
