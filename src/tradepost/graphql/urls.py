"""The address of GraphQL: ``path("graphql/", include("tradepost.graphql.urls"))``."""

from __future__ import annotations

from django.urls import path

from .served import graphql

app_name = "tradepost_graphql"

urlpatterns = [path("", graphql, name="graphql")]
