"""`/api/users` (docs/api.md §17): admins manage users, managers read, everybody sees themselves."""

from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import people
from accounts.api.filters import UserFilter
from accounts.api.serializers import (
    NewUserOut,
    OwnPinIn,
    OwnProfileAnswer,
    OwnProfileOut,
    UserChangesIn,
    UserCreatedOut,
    UserIn,
    UserOut,
    UserRowOut,
    UserUpdatedOut,
)
from accounts.api.throttles import OwnPasswordThrottle
from accounts.models import User
from pos_project.core.http.endpoints import ContractViewSet, checked, found, path_id, shown
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import Admin, AdminManager, AdminStaff
from pos_project.core.http.throttling import PerUser
from pos_project.core.images.pictures import PICTURE_PARSERS, picture_change


class UserViewSet(ContractViewSet):
    noun = "user"
    page_limit = 10
    is_of_all_stores = True
    store_in_body = False  # there it is somebody's home
    permission_classes = (Admin,)
    parser_classes = PICTURE_PARSERS
    filterset_class = UserFilter

    def get_queryset(self) -> QuerySet[Any]:
        return User.objects.listed()

    @extend_schema(responses=UserRowOut(many=True), tags=["users"])
    def list(self, request: Request) -> Response:
        """Users, newest first."""
        shown = {"request": request}
        return self.page(
            self.get_queryset(), lambda rows: UserRowOut(rows, many=True, context=shown).data
        )

    @extend_schema(responses=UserOut, tags=["users"])
    def retrieve(self, request: Request, pk: str) -> Response:
        """One user, as the bare object."""
        users = self.get_queryset().select_related("created_by", "updated_by")
        user = found(users, pk, self.noun)
        return Response(UserOut(user, context={"request": request}).data)

    @extend_schema(request=UserIn, responses=UserCreatedOut, tags=["users"])
    def create(self, request: Request) -> Response:
        """Add a user; a link that confirms the e-mail is mailed."""
        body = checked(UserIn, request)
        with picture_change(body) as picture:
            user = people.add_user(body, by=cast(User, request.user), picture=picture)
        answer = {"success": True, "message": "User created", "userId": user.pk}
        answer["data"] = NewUserOut(user).data
        return Response({**answer, **_warnings(body)}, status=201)

    @extend_schema(request=UserChangesIn, responses={200: UserUpdatedOut}, tags=["users"])
    def update(self, request: Request, pk: str) -> Response:
        """Change a user. A new password, role or status ends their sessions."""
        user_id = path_id(pk, self.noun)
        body = checked(UserChangesIn, request, partial=True)
        with picture_change(body) as picture:
            user = people.change_user(
                user_id, body, by=cast(User, request.user), at=timezone.now(), picture=picture
            )
        data = UserOut(user, context={"request": request}).data
        answer = {"success": True, "message": "User updated", "data": data}
        return Response({**answer, **_warnings(body)})

    @extend_schema(responses={200: Done}, tags=["users"])
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a user; one with history is archived and keeps the name in old records."""
        user_id = path_id(pk, self.noun)
        people.remove_user(user_id, by=cast(User, request.user), at=timezone.now())
        return Response({"success": True, "message": "User removed"})


class OwnProfileView(APIView):
    permission_classes = (AdminStaff,)

    @extend_schema(responses=OwnProfileAnswer, tags=["users"])
    def get(self, request: Request) -> Response:
        """The caller's own profile."""
        profile = shown(OwnProfileOut, request.user, request)
        return Response({"success": True, "message": "Fetched", "data": profile})


class OwnPinView(APIView):
    permission_classes = (AdminManager,)
    throttle_classes = (PerUser, OwnPasswordThrottle)

    @extend_schema(request=OwnPinIn, responses={200: Done}, tags=["users"])
    def put(self, request: Request) -> Response:
        """Set the PIN with which the caller approves what staff may not; an empty one ends it."""
        body = checked(OwnPinIn, request)
        people.change_own_pin(cast(User, request.user), body["password"], body["pin"])
        return Response(
            {"success": True, "message": "PIN changed" if body["pin"] else "PIN removed"}
        )


def _warnings(body: dict[str, Any]) -> dict[str, list[str]]:
    warnings = people.password_warnings(body["password"]) if "password" in body else []
    return {"warnings": warnings} if warnings else {}
