"""The fields of ``Query`` and ``Mutation``: calls of the API, under the names that they have in a document."""
