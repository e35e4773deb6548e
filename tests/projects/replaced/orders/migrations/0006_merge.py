from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_orders', '0005_merge'),
        ('tradepost_orders', '0006_fill_email_keys'),
    ]

    operations = []
