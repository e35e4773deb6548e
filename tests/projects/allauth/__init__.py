"""A shop whose customers register and sign in by django-allauth."""
