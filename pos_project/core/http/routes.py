"""Which view answers a path, remembered: Django tries a hundred patterns for each request."""

from functools import lru_cache

from django.urls import get_resolver

KEPT = 4096  # paths; those that name nothing are not kept


def remember_routes() -> None:
    """Keep what the latest paths led to. The routes are loaded on the way, before any request."""
    resolver = get_resolver()
    kept = lru_cache(maxsize=KEPT)(resolver.resolve)
    resolver.resolve = kept  # type: ignore[method-assign]  # (the same, remembered)
    assert resolver.url_patterns
