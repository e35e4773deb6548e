from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tradepost_customers', '0002_words'),
    ]

    operations = [
        migrations.AlterField(
            model_name='address',
            name='is_default_billing',
            field=models.BooleanField(default=None, null=True),
        ),
        migrations.AlterField(
            model_name='address',
            name='is_default_shipping',
            field=models.BooleanField(default=None, null=True),
        ),
    ]
