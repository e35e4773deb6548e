from uuid import uuid4

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_payments', '0011_fill_discrepancy_uuids'),
    ]

    operations = [
        migrations.AlterField(
            model_name='discrepancy',
            name='uuid',
            field=models.UUIDField(default=uuid4, editable=False, unique=True),
        ),
    ]
