from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_catalogue', '0003_replaced_isbn'),
        ('tradepost_catalogue', '0003_variant_dimensions'),
    ]

    operations = []
