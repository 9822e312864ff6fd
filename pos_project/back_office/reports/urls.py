"""`/admin/reports/…`: a route for each report."""

from django.contrib import admin
from django.urls import path

from pos_project.back_office.reports import explaining, views
from pos_project.back_office.reports.catalogue import OF_ONE, REPORTS

urlpatterns = [
    path("", admin.site.admin_view(views.every), name="reports"),
    *(
        path(f"{name}/", admin.site.admin_view(views.show), {"name": name}, name=f"report-{name}")
        for name in REPORTS
    ),
    *(
        path(
            f"{name}/<str:of>/",
            admin.site.admin_view(views.show),
            {"name": name},
            name=f"report-{name}",
        )
        for name in OF_ONE
    ),
    path("accountant/", admin.site.admin_view(views.for_the_accountant), name="report-accountant"),
    path(
        "explain/<str:what>/<str:of>/",
        admin.site.admin_view(explaining.explain),
        name="report-explain",
    ),
]
