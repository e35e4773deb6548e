"""Types of the schema, made from the API's serializers: what those show and take, under the same names."""
