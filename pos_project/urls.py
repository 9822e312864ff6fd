"""Every room hangs its own routes under `/api`; the back office is at `/admin`."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from accounts import own_password
from pos_project.back_office import find, labels
from pos_project.core.http.health import HealthView, LiveView, ReadyView
from pos_project.core.images.pictures import picture
from pos_project.tools.metrics_page import page as metrics_page
from reports.documents import views as documents
from reports.statements import views as statements

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("health", HealthView.as_view()),
    path("health/live", LiveView.as_view()),
    path("health/ready", ReadyView.as_view()),
    path("metrics", metrics_page),
    path("api/schema", SpectacularAPIView.as_view(throttle_classes=()), name="schema"),
    path(
        "api/docs",
        SpectacularSwaggerView.as_view(url_name="schema", throttle_classes=()),
        name="docs",
    ),
    path(f"{settings.MEDIA_URL.lstrip('/')}<path:key>", picture),
    path("api/", include("reports.dashboards.urls")),  # users/me/performance before users/<id>
    path("api/", include("reports.statements.api.urls")),
    path("api/", include("accounts.api.urls")),
    path("api/", include("ledger.api.urls")),
    path("api/", include("purchasing.api.urls")),
    path("api/", include("catalog.api.urls")),
    path("api/", include("inventory.api.urls")),
    path("api/", include("sales.api.urls")),
    path("papers/<str:token>", documents.page, name="document"),
    path("papers/<str:token>/pdf", documents.as_pdf, name="document-pdf"),
    path("admin/papers/day-closing/<str:day>", statements.day_closing, name="day-closing"),
    path(
        "admin/papers/statements/<str:kind>/<int:party_id>", statements.statement, name="statement"
    ),
    path("admin/papers/<str:kind>/<int:document_id>", documents.own, name="open-document"),
    path("admin/labels/", admin.site.admin_view(labels.page), name="labels"),
    path("admin/reports/", include("pos_project.back_office.reports.urls")),
    # The library's own search asks one question per table, and remembers answers for others.
    path("admin/search/", admin.site.admin_view(find.find), name="find"),
    path("admin/search/products/", admin.site.admin_view(find.find_products), name="find-products"),
    # The library's own page saves the user by itself.
    path("admin/password_change/", admin.site.admin_view(own_password.change)),
    path("admin/password/", include("accounts.forgotten_passwords")),
    path("admin/", admin.site.urls),
]

handler500 = "pos_project.core.http.middleware.server_error"
