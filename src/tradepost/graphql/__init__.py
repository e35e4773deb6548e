"""GraphQL over the API: each field is a call of it, with its access, throttles, serializers and refusals.

An app of its own, with the extra ``[graphql]``; nothing else needs it.
"""
