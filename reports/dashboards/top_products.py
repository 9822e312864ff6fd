"""`/api/dashboard/top-products`: the products that brought in the most."""

from rest_framework.request import Request
from rest_framework.serializers import CharField, IntegerField

from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import FiguresSerializer
from pos_project.core.http.period_query import FROM, TO, WholeNumber, period_of
from reports.dashboards.dashboard import DashboardView, NamedPeriod, RowsOfPeriod, TopOf
from reports.dashboards.product_sales import top_products
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import PRODUCTS

LIMIT = WholeNumber("limit", default=10, most=50)


class TopProductsOut(FiguresSerializer):
    class TopProducts(FiguresSerializer):
        product_id = IntegerField(source="product.id")
        product_name = CharField(source="product.name")
        category = CharField(source="product.category")
        brand = CharField(source="product.brand")
        times_sold = IntegerField()
        total_quantity_sold = IntegerField(source="units_sold")
        total_revenue = MoneyField(source="revenue")
        avg_selling_price = MoneyField(source="average_price")
        current_stock = IntegerField(source="product.stock")

    period = NamedPeriod()
    top_products = TopProducts(source="rows", many=True)


class TopProductsView(DashboardView):
    """The products that brought in the most in a period."""

    message = "Top products"
    data_serializer = TopProductsOut
    parameters = (FROM, TO, LIMIT.parameter)

    def parse_query(self, request: Request, **path: str) -> TopOf:
        query = request.query_params
        return TopOf(period_of(query), LIMIT.parse(query))

    def read(self, query: TopOf) -> RowsOfPeriod:
        plans = plan_reading(query.period, PRODUCTS)[PRODUCTS.name]
        return RowsOfPeriod(query.period, top_products(plans, most=query.limit))
