from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tradepost_catalogue", "0007_merge"),
        ("tradepost_catalogue", "0007_row_versions"),
    ]
