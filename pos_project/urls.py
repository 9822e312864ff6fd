"""Every room hangs its own routes under `/api`; the back office is at `/admin`."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from pos_project.core.http.health import HealthView
from pos_project.core.images.pictures import picture
from reports.statements import document_views as papers

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("health", HealthView.as_view()),
    path("api/schema", SpectacularAPIView.as_view(throttle_classes=()), name="schema"),
    path(
        "api/docs",
        SpectacularSwaggerView.as_view(url_name="schema", throttle_classes=()),
        name="docs",
    ),
    path(f"{settings.MEDIA_URL.lstrip('/')}<path:key>", picture),
    path("api/", include("reports.dashboards.api.urls")),  # users/me/performance before users/<id>
    path("api/", include("reports.statements.api.urls")),
    path("api/", include("accounts.api.urls")),
    path("api/", include("ledger.api.urls")),
    path("api/", include("purchasing.api.urls")),
    path("api/", include("catalog.api.urls")),
    path("api/", include("inventory.api.urls")),
    path("api/", include("sales.api.urls")),
    path("papers/<str:token>", papers.page, name="paper"),
    path("papers/<str:token>/pdf", papers.as_pdf, name="paper-pdf"),
    path("admin/papers/day-closing/<str:day>", papers.day_closing, name="day-closing"),
    path("admin/papers/statements/<str:kind>/<int:party_id>", papers.statement, name="statement"),
    path("admin/papers/<str:kind>/<int:document_id>", papers.own, name="open-paper"),
    path("admin/", admin.site.urls),
]
