from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_catalogue', '0004_merge'),
        ('tradepost_catalogue', '0004_source_keys_and_longer_texts'),
    ]

    operations = []
