"""The base of all views. They set all of DRF's classes themselves: a project's ``REST_FRAMEWORK`` stays its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework.decorators import MethodMapper
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.pagination import BasePagination
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tradepost.api import kept_answers
from tradepost.api.callers import idempotency
from tradepost.api.callers.access import DeclaredAccess
from tradepost.api.callers.authentication import authenticators
from tradepost.api.callers.throttles import ScopeThrottle
from tradepost.api.clean_text import is_clean_path, is_clean_query
from tradepost.api.errors import exception_handler
from tradepost.api.headers.deprecation import Deprecation, with_deprecation
from tradepost.api.headers.etags import with_etag
from tradepost.api.headers.preconditions import IfMatch, when_it_matches
from tradepost.api.headers.tags import tag
from tradepost.api.pagination import Pagination
from tradepost.api.parameters.answer_format import Negotiation
from tradepost.api.parameters.choice import ALL_SOURCES, EXPAND, FIELDS, Sources, expand, names_of, prune, sources_of
from tradepost.api.parameters.unknown import HEADER, unknown_parameters
from tradepost.api.parsers import JSONParser
from tradepost.api.schema.deferred import ViewSchema
from tradepost.api.serializers import serializer_class
from tradepost.api.serializers.pool import write
from tradepost.browse import Grounds
from tradepost.core import versions
from tradepost.core.requests.visitor_key import session_visitor

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["TradepostViewSet"]

_SAFE = ("GET", "HEAD", "OPTIONS")
_READS = ("GET", "HEAD")


class TradepostViewSet(DeclaredAccess, GenericViewSet[Any]):
    """Base of all views of the API. Each action is in ``access``, or the router refuses the view.

    Attributes:
        serializer_keys: Key of the serializer by action; ``""`` for all others.
        scopes: Throttle scope by action, beside ``any``.
        is_private: Whether answers are for their caller only.
        remembers: Whether an ``Idempotency-Key`` is heeded.
        parameters: Of the query string, beside those of filters, pages and tokens; others are named in a header.
        singleton: Without a lookup: detail routes stand directly under the prefix.
        kept: Actions whose public answers may be kept, by :meth:`grounds`.
        expansions: By action, what ``?expand=`` shows: for each field that its serializer holds on request, what is fetched for
            all rows at once (names for ``prefetch_related``, ``Prefetch`` objects, or functions that make one).
        conditional: By action, whether ``If-Match`` is needed or heeded; the row that is addressed has a version.
        deprecated: By action, or ``""`` for all others, since when it is deprecated and when it ends.
    """

    renderer_classes = [JSONRenderer]
    parser_classes = [JSONParser]
    content_negotiation_class = Negotiation
    permission_classes = [AllowAny]
    pagination_class: type[BasePagination] | None = Pagination
    filter_backends = []
    versioning_class = None
    metadata_class = None
    schema: Any = ViewSchema()
    queryset: QuerySet[Any] | None = None

    serializer_keys: ClassVar[Mapping[str, str]] = {}
    scopes: ClassVar[Mapping[str, str]] = {}
    is_private: ClassVar[bool] = True
    remembers: ClassVar[bool] = True
    singleton: ClassVar[bool] = False
    kept: ClassVar[frozenset[str]] = frozenset()
    parameters: ClassVar[frozenset[str]] = frozenset()
    expansions: ClassVar[Mapping[str, Mapping[str, tuple[Any, ...]]]] = {}
    conditional: ClassVar[Mapping[str, IfMatch]] = {}
    deprecated: ClassVar[Mapping[str, Deprecation]] = {}

    version: int | None = None  # of the row that is shown
    chosen: frozenset[str] = frozenset()  # which of ``fields`` and ``expand`` the answer has heeded

    look: kept_answers.Look | None = None
    refusal: APIException | None = None

    @classmethod
    def get_extra_actions(cls) -> list[Any]:
        """As DRF finds them, but without a look at the schema, which would be loaded for it.

        Raises:
            ImproperlyConfigured: A decorator has given one another name, by which no router would find it.
        """
        members: dict[str, Any] = {name: getattr(cls, name, None) for name in dir(cls) if name != "schema"}
        actions = {
            name: each for name, each in members.items() if isinstance(getattr(each, "mapping", None), MethodMapper)
        }
        for name, each in actions.items():
            if each.__name__ != name:
                raise ImproperlyConfigured(
                    f"{cls.__name__}.{name} is called {each.__name__}: its decorators need functools.wraps."
                )
        return [*actions.values()]

    def get_authenticators(self) -> list[Any]:
        """As ``TRADEPOST_API`` names them."""
        return authenticators()

    def get_throttles(self) -> list[Any]:
        """Of the scopes of this action."""
        throttles = [ScopeThrottle(scope) for scope in ("any", self.scope()) if scope]
        return [throttle for throttle in throttles if throttle.rate is not None]

    def scope(self) -> str:
        """Of this call, beside ``any``; empty for none."""
        return self.scopes.get(self.action or "", "")

    def grounds(self) -> Grounds | None:
        """The grounds of an answer that may be kept, beside the call and :meth:`facts`; ``None`` where they can't be known."""
        return None

    def facts(self) -> Hashable:
        """The rest that it depends on, as it is now."""
        return ()

    def facts_shown(self) -> Hashable:
        """The same as the answer that was just made shows it."""
        return ()

    def can_mark(self) -> bool:
        """Whether it is known where the facts stand in an answer, so that it may be kept without them."""
        return False

    def marked(self, data: Any, mark: Callable[[Hashable, str], str]) -> Any:
        """The data of an answer with a mark in place of each fact; asked only where :meth:`can_mark` says so.

        Args:
            mark: Gives one, for the key of a fact and the form in which it is told.
        """
        return data

    def check_throttles(self, request: Request) -> None:
        """Count the call, unless that was done and refused before an answer was made."""
        if self.refusal is not None:
            raise self.refusal
        super().check_throttles(request)

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """Ours."""
        return exception_handler

    def get_serializer_class(self) -> type[Any]:
        """By key, so that a project's own is found."""
        return serializer_class(self.key_for(self.action or ""))

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the fields that a read asks for."""
        return self._choose(super().get_serializer(*args, **kwargs))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what is to be expanded, fetched for all rows at once."""
        rows = super().filter_queryset(queryset)
        offered = self.expansions.get(self.action or "", {})
        lookups = [part for name in self.expanded if name in offered for part in offered[name]]
        return rows.prefetch_related(*(part() if callable(part) else part for part in lookups)) if lookups else rows

    @property
    def expanded(self) -> Sequence[str]:
        """The names in ``?expand=``, where this action has anything to expand."""
        return names_of(self.request.query_params, EXPAND) if self.expansions.get(self.action or "") else ()

    def _choose(self, serializer: Any) -> Any:
        """Heed ``?expand=`` and ``?fields=`` of a read.

        Raises:
            ValidationError: One of them names what isn't there.
        """
        if not self._is_chosen():
            return serializer
        params = self.request.query_params
        if EXPAND in params and EXPAND in self.chosen:
            expand(serializer, self.expanded)
        if FIELDS in params and (names := names_of(params, FIELDS)):
            prune(serializer, names)
        return serializer

    def sources(self, key: str = "") -> Sources:
        """The attributes that the answer to a read shows of its rows, by ``?fields=``; the rest need not be fetched.

        Args:
            key: Of the answer's serializer; that of this action by default.

        Raises:
            ValidationError: A parameter names what isn't there.
        """
        of_rows = key or self.action in ("list", "retrieve")  # other actions show something else
        if not (of_rows and self._is_chosen() and names_of(self.request.query_params, FIELDS)):
            return ALL_SOURCES
        cls = serializer_class(key) if key else self.get_serializer_class()
        return sources_of(self._choose(cls(context=self.get_serializer_context())))

    def fetched(self, rows: QuerySet[Any], key: str = "", **lookups: Any) -> QuerySet[Any]:
        """Rows with what the answer shows of what hangs on them.

        Args:
            key: As for :meth:`sources`.
            lookups: By attribute what is prefetched for it: a name, a ``Prefetch``, or several of them.
        """
        sources = self.sources(key)
        parts = [part for name, part in lookups.items() if sources.include(name)]
        flat = [each for part in parts for each in (part if isinstance(part, tuple) else (part,))]
        return rows.prefetch_related(*flat) if flat else rows

    def _is_chosen(self) -> bool:
        """Whether ``?expand=`` or ``?fields=`` change what this read shows; both are heeded from here on."""
        request: Any = getattr(self, "request", None)
        if request is None or request.method not in _READS:
            return False
        self.chosen = frozenset({FIELDS, EXPAND} if self.expansions.get(self.action or "") else {FIELDS})
        return not self.chosen.isdisjoint(getattr(request, "query_params", {}))

    def key_for(self, action: str) -> str:
        """Key of the serializer of an action's answer."""
        return self.serializer_keys.get(action) or self.serializer_keys[""]

    def read(self, key: str, *, partial: bool = False) -> dict[str, Any]:
        """The request's body, in the shape that a key names.

        Args:
            partial: Only what is given, without defaults for the rest.

        Raises:
            ValidationError: It has another shape.
        """
        if not isinstance(self.request.data, Mapping):
            raise ParseError(_("A JSON object is expected."))
        form = serializer_class(key)(data=self.request.data, partial=partial, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        data: dict[str, Any] = form.validated_data
        return data

    def written(self, key: str, value: Any, *, status: int = 200, **context: Any) -> Response:
        """The answer, in the shape that a key names."""
        if self.conditional and not isinstance(value, Sequence):
            self.version = getattr(value, "version", None)
        return Response(self.represent(serializer_class(key), value, **context), status=status)

    def represent(self, cls: type[Any], value: Any, *, many: bool = False, **context: Any) -> Any:
        """A value, or each of ``many``, as a serializer writes it, with the fields that a read asks for."""
        context = {**self.get_serializer_context(), **context}
        if self._is_chosen():
            serializer = cls(value, many=True, context=context) if many else cls(value, context=context)
            return self._choose(serializer).data
        return write(cls, value, many=many, context=context)

    def listed(self, rows: Any, **context: Any) -> Any:
        """Rows as the serializer of this action writes them; a project's own ``get_serializer`` is asked for it."""
        if type(self).get_serializer is TradepostViewSet.get_serializer:
            return self.represent(self.get_serializer_class(), rows, many=True, **context)
        return self.get_serializer(rows, many=True, context={**self.get_serializer_context(), **context}).data

    @transaction.non_atomic_requests
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Outside any transaction, whatever ``ATOMIC_REQUESTS`` says: services open their own, and call providers between."""
        with versions.one_reading():  # under ASGI no signal begins a reading where a view runs
            kept = kept_answers.early_answer(self, request, *args, **kwargs)
            return super().dispatch(request, *args, **kwargs) if kept is None else kept

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse text that no database takes; then remember the answer of a call that carries an ``Idempotency-Key``."""
        if not is_clean_path(kwargs):
            raise NotFound
        if not is_clean_query(request.query_params):
            raise ParseError(_("A parameter is not text."))
        super().initial(request, *args, **kwargs)
        name = (request.method or "").lower()
        if self.action in self.kept and request.method in ("GET", "HEAD"):
            setattr(self, name, partial(kept_answers.answer, self, getattr(self, name)))
        if self.action in self.conditional and hasattr(self, name):
            setattr(self, name, partial(when_it_matches, self, getattr(self, name)))
        heeded = self.remembers and request.method not in _SAFE and idempotency.HEADER in request.headers
        if heeded and hasattr(self, name) and (caller := self.caller(request)):
            setattr(self, name, partial(self._once, getattr(self, name), caller))

    def _once(
        self, handler: Callable[..., Response], caller: str, request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        def call() -> Response:
            try:
                return self._with_version(handler(request, *args, **kwargs))  # which is remembered with it
            except Exception as error:  # noqa: BLE001 — DRF's own hook: what is a failure of ours it raises again
                return self.handle_exception(error)

        return idempotency.answer(request, call, caller=caller, conceal=self.conceal, reveal=self.reveal)

    def _with_version(self, response: Response) -> Response:
        """The answer to a change with the version that it made, so that the next one needs no look before."""
        if self.version is not None and response.status_code < 300:
            response.headers["ETag"] = tag(str(self.version))
        return response

    def addressed(self) -> QuerySet[Any]:
        """The row of the address, whose version ``If-Match`` is compared with."""
        return self.get_queryset().filter(
            **{self.lookup_field: self.kwargs[self.lookup_url_kwarg or self.lookup_field]}
        )

    def conceal(self, body: Any) -> Any:
        """An answer without what must not be stored beside its ``Idempotency-Key``."""
        return body

    def reveal(self, body: Any) -> Any:
        """The answer whole again."""
        return body

    def caller(self, request: Request) -> str:
        """By whom an ``Idempotency-Key`` is used: the user, or a guest by what only they have.

        That is the order's token or the UUID in the address, else their session, which begins with this call where there is
        none. An IP address is shared by many; in a project without sessions such a key isn't heeded.
        """
        if request.user.is_authenticated:
            return f"user:{request.user.pk}"
        secret = self.guest_secret(request) or session_visitor(request, make=True)
        return f"guest:{sha256(secret.encode()).hexdigest()}" if secret else ""

    def guest_secret(self, request: Request) -> str:
        """The part of the address that only one guest has; empty for none."""
        return str(self.kwargs.get("uuid", ""))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """With an ETag, where it is read only, and the names of parameters that nobody reads."""
        response = super().finalize_response(request, response, *args, **kwargs)
        is_kept = response.has_header("ETag") and not hasattr(response, "render")
        if (
            request.method in _SAFE
            and response.status_code < 300
            and not is_kept
            and (names := unknown_parameters(self, request))
        ):
            response.headers[HEADER] = names
        with_deprecation(response, self.deprecated.get(self.action or "", self.deprecated.get("")))
        if request.method not in _SAFE:
            response = self._with_version(response)
        # who is signed in may have other prices, and read more fields
        private = self.is_private or _is_signed_in(request)
        return with_etag(request, response, private=private, version=self.version)


def _is_signed_in(request: Any) -> bool:
    """Whether anybody has shown who they are, without looking up whom a token names; also where that was refused."""
    try:
        if getattr(request, "auth", None) is not None:
            return True
        user = getattr(request, "user", None)
    except APIException:  # a call that was refused before anybody was asked for
        return True
    return bool(user and user.is_authenticated)
