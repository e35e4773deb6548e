"""Who may call what is declared by action: what isn't declared doesn't start, and is never answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory
from drf_spectacular.generators import SchemaGenerator
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import force_authenticate
from rest_framework.viewsets import ViewSet

from tradepost.api.routers import Router
from tradepost.api.views.catalogue import CategoryViewSet
from tradepost.api.views.orders import OrderViewSet
from tradepost.core.access import ANYONE, needs

PATH = "/api/v1/staff/dry-run/"


class ForgetfulViewSet(OrderViewSet):
    """A project's: it has one more call, and doesn't say for whom."""

    @action(detail=True, methods=["post"])
    def export(self, request: Any, number: str) -> Response:
        """Anything."""
        return Response({"exported": number})


class StrangeViewSet(ViewSet):
    """One that has never heard of us."""

    def list(self, request: Any) -> Response:
        """Anything."""
        return Response([])


class MistypedViewSet(CategoryViewSet):
    """It asks for a permission that no model has."""

    access = {"list": needs("tradepost_catalogue.view_categori"), "retrieve": ANYONE}


class MemberViewSet(CategoryViewSet):
    """A project's own permission classes hold as well."""

    permission_classes = [IsAuthenticated]


def test_an_action_without_a_declaration_does_not_start() -> None:
    """Class, action and the line to add are in the message, and the endpoint of ours is as it was."""
    router = Router()
    with pytest.raises(ImproperlyConfigured) as refusal:
        router.replace("orders", ForgetfulViewSet)

    assert f"{__name__}.ForgetfulViewSet doesn't say who may call 'export'" in str(refusal.value)
    assert 'access = {**OrderViewSet.access, "export": needs("app.permission")}' in str(refusal.value)


def test_the_same_with_a_declaration_starts() -> None:
    """A control."""
    declared = type("Declared", (ForgetfulViewSet,), {"access": {**OrderViewSet.access, "export": ANYONE}})
    router = Router()

    router.replace("orders", declared)

    assert "orders-export" in {pattern.name for pattern in router.urls}


def test_a_viewset_of_other_descent_has_to_declare_too() -> None:
    """By the mixin, which the message names."""
    with pytest.raises(ImproperlyConfigured, match=r"class StrangeViewSet\(DeclaredAccess, …\)"):
        Router().register("strange", StrangeViewSet, basename="strange")


def test_a_permission_that_no_model_has_does_not_start() -> None:
    """With the nearest one that exists."""
    with pytest.raises(ImproperlyConfigured, match=r"Did you mean 'tradepost_catalogue\.view_category'\?"):
        Router().replace("categories", MistypedViewSet)


def test_needs_names_a_permission() -> None:
    """None at all would be all staff."""
    with pytest.raises(ValueError, match="Name a permission"):
        needs()


@pytest.mark.django_db
def test_what_is_not_declared_is_refused_even_past_the_router(rf: RequestFactory) -> None:
    """A project may route a view by itself; a superuser is refused, too."""
    boss = get_user_model().objects.create_superuser("boss", "boss@example.com", "secret")
    request = rf.post("/")
    force_authenticate(request, boss)

    answer = ForgetfulViewSet.as_view({"post": "export"})(request, number="X")

    assert answer.status_code == 403


@pytest.mark.django_db
def test_guests_are_told_401_and_others_403(client: Client) -> None:
    """``is_staff`` alone opens nothing, nor does the permission of somebody who isn't staff."""
    users = get_user_model().objects
    customer = users.create_user("anna", "anna@example.com", "secret")
    staff = users.create_user("sam", "sam@example.com", "secret", is_staff=True)

    def status(user: Any) -> int:
        client.logout()
        if user is not None:
            client.force_login(user)
        return client.post(PATH, {}, content_type="application/json").status_code

    assert [status(user) for user in (None, customer, staff)] == [401, 403, 403]
    _permit(customer)
    _permit(staff)
    assert [status(user) for user in (customer, staff)] == [403, 400]


@pytest.mark.django_db
def test_an_inactive_member_of_staff_is_a_guest(client: Client) -> None:
    """Their session ends with the account."""
    staff = get_user_model().objects.create_user("sam", "sam@example.com", "secret", is_staff=True)
    _permit(staff)
    client.force_login(staff)
    staff.is_active = False
    staff.save()

    assert client.post(PATH, {}, content_type="application/json").status_code == 401
    assert not needs("tradepost_basket.view_basket").allows(staff)


def test_permission_classes_of_a_project_hold_as_well(rf: RequestFactory) -> None:
    """Both must let somebody in."""
    answer = MemberViewSet.as_view({"get": "list"})(rf.get("/"))

    assert answer.status_code == 401
    assert not MemberViewSet.access["list"].needs_account


def test_a_method_that_an_endpoint_lacks_is_405_for_everyone(client: Client) -> None:
    """Nobody has to sign in to learn that."""
    assert client.put(PATH).status_code == 405
    assert client.options(PATH).status_code == 405
    assert not needs("tradepost_basket.view_basket").allows(AnonymousUser())


def test_the_schema_says_who_may() -> None:
    """For people, for programs, and whether it works without signing in."""
    schema = SchemaGenerator(patterns=Router().urls).get_schema(request=None, public=True)
    dry_run, mine = schema["paths"]["/staff/dry-run/"]["post"], schema["paths"]["/auth/me/"]["get"]
    products = schema["paths"]["/products/"]["get"]

    assert dry_run["x-access"] == {
        "who": "staff",
        "permissions": ["tradepost_basket.dry_run_basket", "tradepost_promotions.view_promotion"],
    }
    assert dry_run["security"] == mine["security"] == [{"bearerAuth": []}, {"apiKeyAuth": []}, {"cookieAuth": []}]
    assert mine["x-access"] == {"who": "signed_in"}
    assert products["security"] == [{"bearerAuth": []}, {"apiKeyAuth": []}, {"cookieAuth": []}, {}]
    assert products["description"].endswith("Access: Anyone.")


def _permit(user: Any) -> None:
    """The permissions of a dry run."""
    from django.contrib.auth.models import Permission

    codenames = ["dry_run_basket", "view_promotion"]
    user.user_permissions.set(
        Permission.objects.filter(codename__in=codenames, content_type__app_label__startswith="tradepost_")
    )
