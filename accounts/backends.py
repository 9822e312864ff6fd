"""How the back office's login form finds its user: by e-mail, whatever its case."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User
from pos_project.core.keys import key_of

MAX_PASSWORD_LENGTH = 1000


class EmailBackend(BaseBackend):
    """Only active users pass; a miss costs as much time as a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        user = User.objects.listed().filter(email_key=key_of(username)).first()
        if password is None or len(password) > MAX_PASSWORD_LENGTH:
            return None
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        return user if user and user.is_active else None
