from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class GraphQLConfig(TradepostConfig):
    default = True
    name = library = "tradepost.graphql"
    label = "tradepost_graphql"
    verbose_name = "GraphQL"
    needs = ("tradepost.api",)
