"""Routes of `accounts` under `/api`."""

from django.urls import path

from accounts.api.auth import LoginView, LogoutView, RefreshView, VerifyView
from accounts.api.stores import StoreViewSet
from accounts.api.users import OwnPinView, OwnProfileView, UserViewSet
from pos_project.core.http.endpoints import ContractRouter

router = ContractRouter()
router.register("users", UserViewSet, basename="user")
router.register("stores", StoreViewSet, basename="store")

urlpatterns = [
    path("auth/login", LoginView.as_view()),
    path("auth/refresh", RefreshView.as_view()),
    path("auth/logout", LogoutView.as_view()),
    path("auth/verify", VerifyView.as_view()),
    path("users/me", OwnProfileView.as_view()),  # before users/<id>
    path("users/me/pin", OwnPinView.as_view()),
    *router.urls,
]
