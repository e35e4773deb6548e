"""Bulk calls: each row has a result of its own; all or nothing with ``?atomic=true``; many rows become a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.response import Response

from tradepost.api.bulk.kinds import BulkKind
from tradepost.api.bulk.lifecycle import start_job
from tradepost.api.bulk.rows import BulkCall, BulkRow, read_rows, result_of, write_all_or_none, write_each
from tradepost.api.errors import body
from tradepost.api.parsers import JSONParser
from tradepost.api.serializers import serializer_class

from .base import StaffViewSet

__all__ = ["BULK", "BULK_ANSWERS", "BulkParser", "BulkViewSet"]

_PREFER = "respond-async"
BULK = [
    OpenApiParameter("atomic", OpenApiTypes.BOOL, description="All rows or none; not for a job."),
    OpenApiParameter(
        "Prefer",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description="With `respond-async` few rows become a job, too; other preferences are passed over.",
    ),
]
BULK_ANSWERS = {200: "staff.BulkResults", 202: "staff.BulkJob"}


class BulkParser(JSONParser):
    """Bodies of bulk calls."""

    max_body = 10 * 1024 * 1024  # bytes


class BulkViewSet(StaffViewSet):
    """For views with a bulk call."""

    def bulk(self, kind: BulkKind) -> Response:
        """Write the rows that can be written, and answer with the result of each; or with a job, where there are many."""
        is_whole, items = self._is_whole(), self._items(kind.most_of_job)
        if len(items) > kind.most or _PREFER in _preferences(self.request):
            return self._job(kind, items, is_whole=is_whole)
        form = serializer_class(kind.row)(context=self.get_serializer_context())
        rows = read_rows(form, items, kind.identity)
        call = BulkCall(self.by, self.once_key())
        if is_whole:
            write_all_or_none(kind.write, rows, call, row_by_row=kind.row_by_row)
        else:
            write_each(kind.write, [row for row in rows if row.error is None], call, row_by_row=kind.row_by_row)
        return self._results(rows, is_whole=is_whole)

    def _job(self, kind: BulkKind, items: Sequence[Any], *, is_whole: bool) -> Response:
        if is_whole:
            message = _("Up to %(most)s rows are written all or none; a job writes each for itself.") % {
                "most": kind.most
            }
            raise ValidationError({"atomic": [message]})
        job = start_job(kind, items, user=self.request.user, by=self.by, key=self.once_key())
        response = self.written("staff.BulkJob", job, status=202)
        api = self.request.path.rpartition("/staff/")[0]
        response.headers["Location"] = self.request.build_absolute_uri(f"{api}/staff/jobs/{job.uuid}/")
        return response

    def _is_whole(self) -> bool:
        """Whether ``?atomic=`` asks for all or nothing.

        Raises:
            ValidationError: Neither yes nor no.
        """
        words = {"": False, "false": False, "true": True}
        text = self.request.query_params.get("atomic", "")
        if text not in words:
            raise ValidationError({"atomic": [_("Write true or false.")]})
        return words[text]

    def _items(self, most: int) -> list[Any]:
        data = self.request.data
        if not isinstance(data, Mapping) or data.keys() != {"items"} or not isinstance(data["items"], list):
            raise ParseError(_("Write {“items”: […]}."))
        items = data["items"]
        if not 1 <= len(items) <= most:
            raise ValidationError({"items": [_("A call has 1 to %(most)s rows.") % {"most": most}]})
        return items

    def _results(self, rows: Sequence[BulkRow], *, is_whole: bool) -> Response:
        results = [result_of(row) for row in rows]
        failed = sum(row.error is not None for row in rows)
        answer = {"results": results, "succeeded": len(rows) - failed, "failed": failed}
        if not (is_whole and failed):
            return Response(answer)
        status = 400 if any(result["status"] == 400 for result in results) else 409
        entry = {"code": "bulk_refused", "detail": str(_("Nothing was written.")), "attr": None}
        return Response({**body(status, [entry]), **answer, "succeeded": 0}, status=status)


def _preferences(request: Any) -> set[str]:
    """Those of the ``Prefer`` header, by RFC 7240: separated by commas, and one that nobody knows is as if it weren't there."""
    return {each.partition(";")[0].strip().lower() for each in request.headers.get("Prefer", "").split(",")}
