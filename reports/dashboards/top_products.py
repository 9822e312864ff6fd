"""`/api/dashboard/top-products`: the products that brought in the most."""

from dataclasses import dataclass

from rest_framework.request import Request
from rest_framework.serializers import CharField, IntegerField

from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import FiguresSerializer
from pos_project.core.http.period_query import FROM, TO, WholeNumber, period_of
from pos_project.core.period import Period
from reports.dashboards.dashboard import DashboardView, NamedPeriod, TopOf
from reports.dashboards.product_sales import TopProduct, top_products
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import PRODUCTS

LIMIT = WholeNumber("limit", default=10, most=50)


@dataclass(frozen=True)
class TopProducts:
    period: Period
    top_products: list[TopProduct]


class TopProductsOut(FiguresSerializer):
    class TopProducts(FiguresSerializer):
        product_id = IntegerField(source="id")
        product_name = CharField(source="name")
        category = CharField()
        brand = CharField()
        times_sold = IntegerField()
        total_quantity_sold = IntegerField(source="units_sold")
        total_revenue = MoneyField(source="revenue")
        avg_selling_price = MoneyField(source="average_price")
        current_stock = IntegerField(source="stock")

    period = NamedPeriod()
    top_products = TopProducts(many=True)


class TopProductsView(DashboardView):
    """The products that brought in the most in a period."""

    message = "Top products"
    data_serializer = TopProductsOut
    parameters = (FROM, TO, LIMIT.parameter)

    def parse_query(self, request: Request, **path: str) -> TopOf:
        query = request.query_params
        return TopOf(period_of(query), LIMIT.parse(query))

    def read(self, query: TopOf) -> TopProducts:
        plan = plan_reading(query.period, PRODUCTS)[PRODUCTS.name]
        return TopProducts(query.period, top_products(plan, most=query.limit))
