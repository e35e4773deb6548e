from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_catalogue', '0005_merge'),
        ('tradepost_catalogue', '0006_search_indexes'),
    ]

    operations = []
