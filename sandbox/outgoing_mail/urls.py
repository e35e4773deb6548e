"""The pages of ``/mailbox/``."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "outgoing_mail"

urlpatterns = [path("", views.listing, name="list"), path("<int:key>/", views.message, name="message")]
