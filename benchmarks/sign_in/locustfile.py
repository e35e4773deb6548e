"""Fifty people at once: each signs in, looks at their own, refreshes again and again, and signs out.

Locust brings a web server and its own kind of threads, so it isn't among the requirements: see the README beside ``benchmarks``.
"""

from __future__ import annotations

from itertools import count

from locust import HttpUser, between, task

AUTH = "/api/v1/auth"
PASSWORD = "a fine long sentence"
_numbers = count()


class Person(HttpUser):
    """Somebody with an account and an address of their own."""

    wait_time = between(0.5, 2)

    def on_start(self) -> None:
        """Sign in."""
        self.number = next(_numbers)
        self.client.headers["X-Forwarded-For"] = f"198.51.100.{self.number % 250}"
        self.sign_in()

    def sign_in(self) -> None:
        """By address and password."""
        body = {"email": f"person{self.number % 50}@example.com", "password": PASSWORD}
        self.take(self.client.post(f"{AUTH}/token/", json=body).json())

    def take(self, tokens: dict[str, str]) -> None:
        """Keep what the next calls need."""
        self.refresh_token = tokens["refresh_token"]
        self.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    @task(6)
    def refresh(self) -> None:
        """Use the refresh token up for the next one."""
        answer = self.client.post(f"{AUTH}/token/refresh/", json={"refresh_token": self.refresh_token})
        self.take(answer.json())

    @task(3)
    def devices(self) -> None:
        """A page that the access token opens."""
        self.client.get(f"{AUTH}/sessions/")

    @task(1)
    def again(self) -> None:
        """Sign out, and in again."""
        self.client.post(f"{AUTH}/token/revoke/", json={"refresh_token": self.refresh_token})
        self.sign_in()
