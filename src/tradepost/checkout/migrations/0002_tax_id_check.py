from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tradepost_checkout", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="checkout",
            name="tax_id_check",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
