#!/usr/bin/env bash
# drf-spectacular 0.30.0 with OAS_VERSION "3.1.1": its schema refuses null where the API gives null, in two places.
#
# 1. ``next`` and ``previous`` of DRF's pages are still described with ``nullable: true``, a word of OpenAPI 3.0 that 3.1 doesn't
#    know; fields of serializers get ``type: [string, null]`` as they should. The first and the last page of each list are refused.
# 2. A ChoiceField with ``allow_null=True`` becomes a bare reference to its enum, without null, once
#    ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE is False. In 3.0.3 the same setting keeps ``nullable: true``.
# A client that is made from such a schema, or a validator, takes good answers for broken ones. One would guess that a setting
# about the enum's entries doesn't change which values are allowed, and that one version of OpenAPI is spoken throughout.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    django==5.2.19 djangorestframework==3.18.3 drf-spectacular==0.30.0 jsonschema==4.25.1
cat >"$folder/shop.py" <<'PYTHON'
from django.urls import path
from rest_framework import generics, pagination, serializers


class ParcelSerializer(serializers.Serializer):
    note = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(["open", "closed"], allow_null=True)


class ParcelList(generics.ListAPIView):
    serializer_class = ParcelSerializer
    pagination_class = pagination.PageNumberPagination
    authentication_classes = permission_classes = []


urlpatterns = [path("parcels/", ParcelList.as_view())]
PYTHON
cd "$folder" && venv/bin/python - <<'PYTHON'
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["rest_framework", "drf_spectacular"],
    ROOT_URLCONF="shop",
    REST_FRAMEWORK={"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema", "PAGE_SIZE": 20},
)
django.setup()

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from jsonschema import Draft202012Validator
from shop import ParcelSerializer

parcel = ParcelSerializer({"note": None, "state": None}).data
page = {"count": 1, "next": None, "previous": None, "results": [parcel]}
found = {}
for explicit in (True, False):
    with patched_settings({"OAS_VERSION": "3.1.1", "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": explicit}):
        schema = SchemaGenerator().get_schema(public=True)
    whole = {"$ref": "#/components/schemas/PaginatedParcelList", "components": schema["components"]}
    errors = Draft202012Validator(whole).iter_errors(page)  # one of the enum gives two
    found[explicit] = sorted({".".join(map(str, error.absolute_path)) for error in errors})
    print(f"explicit {explicit}: the schema refuses null as {found[explicit]}")
print(schema["components"]["schemas"]["PaginatedParcelList"]["properties"]["next"])
print(schema["components"]["schemas"]["Parcel"]["properties"])
assert found == {True: ["next", "previous"], False: ["next", "previous", "results.0.state"]}, found
print("as described")
PYTHON
