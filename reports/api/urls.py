"""Routes of `reports` under `/api`."""

from django.urls import path

from reports.api.papers import PurchasePapersView, SalePapersView

urlpatterns = [
    path("sales/<str:sale>/papers", SalePapersView.as_view()),
    path("purchase/<str:purchase>/papers", PurchasePapersView.as_view()),
]
