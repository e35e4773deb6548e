"""Jobs of bulk calls: how far each is, the results of its rows, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.bulk.lifecycle import cancel_job
from tradepost.api.models import BulkJob
from tradepost.api.pagination.numbered import NumberedPages
from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import STAFF
from tradepost.core.inputs.yes_no import read_yes_no

from ..baskets import UUID_REGEX
from .base import StaffViewSet

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["BulkJobViewSet"]
_ONLY = OpenApiParameter("failed", OpenApiTypes.BOOL, description="Only rows that couldn't be written.")


class _Results(Sequence[Any]):
    """Results of a job's rows, in their order; only the parts that a page shows are fetched."""

    def __init__(self, job: BulkJob, *, only_failed: bool) -> None:
        self.job, self.only_failed = job, only_failed
        self.counts = list(job.parts.order_by("position").values_list("pk", "failed" if only_failed else "done"))

    def __len__(self) -> int:
        return sum(count for _pk, count in self.counts)

    def __getitem__(self, place: Any) -> Any:
        start, stop, _step = place.indices(len(self))
        before, offset = 0, 0
        keys: list[int] = []
        for pk, count in self.counts:
            if count and before < stop and before + count > start:
                offset = offset if keys else start - before
                keys.append(pk)
            before += count
        rows = [row for part in self.job.parts.filter(pk__in=keys).order_by("position") for row in self._shown(part)]
        return rows[offset : offset + stop - start]

    def _shown(self, part: Any) -> list[Any]:
        return [row for row in part.results or () if not self.only_failed or "errors" in row]


class BulkJobViewSet(ListModelMixin, StaffViewSet):
    """One's own jobs: who may make the call that started one may follow it."""

    access = dict.fromkeys(["list", "retrieve", "results", "cancel"], STAFF)
    queryset = BulkJob.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    filter_backends = []
    serializer_keys = {"": "staff.BulkJob"}
    parameters = frozenset({"failed"})

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        return BulkJob.objects.filter(user_id=self.by.user_id).order_by("-pk")

    @extend_schema(summary="List jobs of bulk calls")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One's own, the latest first; each is kept for a week after its end."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="One job of a bulk call", responses="staff.BulkJob")
    def retrieve(self, request: Request, uuid: str) -> Response:
        """How far it is. Of two rows about the same the later holds, unless both are in one part: then it is refused."""
        return self.written("staff.BulkJob", self.row())

    @extend_schema(summary="Results of a job's rows", parameters=[_ONLY], responses=["staff.BulkResult"])
    @action(detail=True, methods=["get"], pagination_class=NumberedPages)
    def results(self, request: Request, uuid: str) -> Response:
        """In the order of the call, as far as they are written; each as the call itself would have answered."""
        only = read_yes_no(request.query_params.get("failed", ""), attr="failed")
        page = self.paginate_queryset(_Results(self.row(), only_failed=bool(only)))
        return self.get_paginated_response(page)

    @extend_schema(summary="Cancel a job", request=None, responses="staff.BulkJob")
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uuid: str) -> Response:
        """Before its next part. What was written stays; 409 `job_over` where it has ended otherwise."""
        return self.written("staff.BulkJob", cancel_job(self.row()))
