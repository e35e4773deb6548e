"""People with accounts, for the load: ``python -m benchmarks.sign_in.people 50``."""

from __future__ import annotations

import os
import sys

import django

PASSWORD = "a fine long sentence"


def main(number: int) -> None:
    """Make them, each with a verified address; those who are there already stay."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    from tradepost.accounts.services import find_identity, mark_verified

    password = make_password(PASSWORD)
    for index in range(number):
        address = f"person{index}@example.com"
        if find_identity(address) is None:
            user = get_user_model()._default_manager.create(username=f"person{index}", password=password)
            mark_verified(user, address)
    print(f"{number} people")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.sign_in.settings")
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
