"""The pages of ``/try-gateways/``."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "provider_fakes"

urlpatterns = [
    path("", views.listing, name="list"),
    path("at/<slug:provider>/<str:reference>/", views.stand_in, name="stand_in"),
    path("<uuid:uuid>/", views.payment, name="payment"),
    path("<uuid:uuid>/return/", views.come_back, name="return"),
    path("<uuid:uuid>/<slug:act>/", views.act, name="act"),
]
