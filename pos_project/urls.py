"""Every room hangs its own routes under `/api`; the back office is at `/admin`."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from pos_project.core.health import HealthView

urlpatterns = [
    path("health", HealthView.as_view()),
    path("api/schema", SpectacularAPIView.as_view(throttle_classes=()), name="schema"),
    path(
        "api/docs",
        SpectacularSwaggerView.as_view(url_name="schema", throttle_classes=()),
        name="docs",
    ),
    path("admin/", admin.site.urls),
]
assert include
