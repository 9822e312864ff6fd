"""How the back office's login form finds its user: by e-mail, whatever its case."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.sign_in import password_matches, user_of


class EmailBackend(BaseBackend):
    """Only active users pass; a miss costs as much time as a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        user = user_of(username)
        matches = password_matches(user, password or "")
        return user if user and matches and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        return user if user and user.is_active else None
