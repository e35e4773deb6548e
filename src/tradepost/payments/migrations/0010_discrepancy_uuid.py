from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_payments', '0009_money_permission'),
    ]

    operations = [
        migrations.AddField(
            model_name='discrepancy',
            name='uuid',
            field=models.UUIDField(editable=False, null=True),
        ),
    ]
