"""Middleware for people with browsers, which `/api` goes past.

An answer of the API has no session, no messages and no policy for pages; who asks is told by a
token. The classes are Django's own, so that its checks know them.
"""

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from pos_project.core.http.middleware import is_api


class _PagesOnly(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        if is_api(request):
            return self.get_response(request)
        return super().__call__(request)


class Session(_PagesOnly, SessionMiddleware):
    pass


class Authentication(_PagesOnly, AuthenticationMiddleware):
    pass


class Messages(_PagesOnly, MessageMiddleware):
    pass


class ContentSecurityPolicy(_PagesOnly, CSPMiddleware):
    pass
