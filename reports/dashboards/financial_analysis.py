"""`/api/dashboard/financial-analysis`: everything about money on one page."""

from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

from rest_framework.request import Request
from rest_framework.serializers import CharField, IntegerField, ListField

from ledger.payments import ON_CREDIT
from pos_project.core.days import today
from pos_project.core.http.fields import DayField, MoneyField, WholeNumberField
from pos_project.core.http.figures import AverageField, FiguresSerializer, Meta, PercentField
from pos_project.core.http.period_query import FROM, TO, period_of
from pos_project.core.money import ZERO
from pos_project.core.percentages import percentage
from pos_project.core.period import Period
from reports.dashboards.dashboard import DAYS, CountedPeriod, DashboardView
from reports.dashboards.owed import Receivables, SoldAndOwed, sum_dues, sum_receivables
from reports.dashboards.sales_figures import SalesFigures, net_profit, sales_by
from reports.dashboards.spending import Spent, sum_expenses
from reports.dashboards.stock_value import Worth, products_kept_in_stock, worth_of_all
from reports.summaries.buyer_sets import buyers
from reports.summaries.buyers import BUYERS, Buyers
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES

METHODS = ("cash", "card", "bkash", "nagad", ON_CREDIT)


@dataclass(frozen=True)
class FinancialAnalysis(SoldAndOwed):
    period: Period
    by_method: dict[str, SalesFigures]
    sellers: int
    bought: Buyers
    receivables: Receivables
    spent: Spent
    stock: Worth
    products_in_stock: int

    @property
    def net_profit(self) -> Decimal:
        return net_profit(self.sold.gross_profit, self.spent.total)

    @property
    def customers(self) -> int:
        return len(self.bought.customers)

    @property
    def products(self) -> int:
        return len(self.bought.products)

    @property
    def days(self) -> int:
        """Days with a sale."""
        return len(self.bought.days)

    @property
    def smallest_sale(self) -> Decimal:
        return self.sold.smallest or ZERO

    @property
    def largest_sale(self) -> Decimal:
        return self.sold.largest or ZERO

    @property
    def fully_paid(self) -> Decimal:
        """What sales came to of which nothing is due."""
        return self.sold.gross_total - self.receivables.total

    @property
    def days_since_oldest_due(self) -> int:
        return (today() - self.receivables.oldest).days if self.receivables.oldest else 0

    @property
    def collection_efficiency(self) -> str:
        return percentage(self.paid, self.sold.gross_total) if self.sold.orders else "100.00"

    @property
    def payment_methods(self) -> SimpleNamespace:
        return SimpleNamespace(
            **{method: self.by_method.get(method, SalesFigures()) for method in METHODS}
        )


class FinancialAnalysisOut(FiguresSerializer):
    class RevenueAnalysis(FiguresSerializer):
        total_revenue = MoneyField(source="sold.total_revenue")
        gross_total = MoneyField(source="sold.gross_total")
        refund_amount = MoneyField(source="sold.refund_amount")
        total_transactions = IntegerField(source="sold.orders")
        avg_transaction_value = MoneyField(source="sold.average_order")
        min_transaction_value = MoneyField(source="smallest_sale")
        max_transaction_value = MoneyField(source="largest_sale")
        transaction_value_stddev = MoneyField(source="sold.deviation")
        unique_customers = IntegerField(source="customers")
        avg_revenue_per_customer = AverageField("sold.customer_revenue", over="customers")
        cash_collection_rate = PercentField("fully_paid", of="sold.gross_total")
        total_due_amount = MoneyField(source="owed.due")

    class GrossProfitAnalysis(FiguresSerializer):
        gross_sales = MoneyField(source="sold.gross_sales")
        net_sales = MoneyField(source="sold.net_sales")
        total_cogs = MoneyField(source="sold.cogs")
        gross_profit = MoneyField(source="sold.gross_profit")
        gross_profit_margin = PercentField("sold.gross_profit", of="sold.net_sales")
        num_products_sold = IntegerField(source="products")
        total_units_sold = WholeNumberField(source="sold.units")
        avg_selling_price_per_unit = AverageField("sold.product_revenue", over="sold.units")
        avg_cogs_per_unit = AverageField("sold.cogs", over="sold.units")

    class OperatingExpenses(FiguresSerializer):
        class ExpenseBreakdown(FiguresSerializer):
            salary_percent = PercentField("salary", of="total", sign=False)
            utilities_percent = PercentField("utilities", of="total", sign=False)
            rent_percent = PercentField("rent", of="total", sign=False)
            other_percent = PercentField("other", of="total", sign=False)

        total_expenses = MoneyField(source="total")
        expense_categories = IntegerField(source="category_count")
        categories_list = ListField(source="categories", child=CharField())
        max_single_expense = MoneyField(source="largest")
        salary_expenses = MoneyField(source="salary")
        utility_expenses = MoneyField(source="utilities")
        rent_expenses = MoneyField(source="rent")
        other_expenses = MoneyField(source="other")
        expense_breakdown = ExpenseBreakdown(source="*")

    class ProfitabilityMetrics(FiguresSerializer):
        gross_profit = MoneyField(source="sold.gross_profit")
        gross_margin_percent = PercentField("sold.gross_profit", of="sold.net_sales")
        total_operating_expenses = MoneyField(source="spent.total")
        net_profit = MoneyField()
        net_profit_margin_percent = PercentField("net_profit", of="sold.net_sales")
        operating_expense_ratio = PercentField("spent.total", of="sold.net_sales", sign=False)

    class ReceivablesAnalysis(FiguresSerializer):
        cash_collected = MoneyField(source="paid")
        outstanding_receivables = MoneyField(source="receivables.due")
        partial_payments = MoneyField(source="receivables.partly_paid_total")
        customers_with_outstanding = IntegerField(source="receivables.customers")
        avg_outstanding_per_transaction = AverageField("receivables.due", over="receivables.sales")
        days_since_oldest_due = IntegerField()
        overdue_count_30days = IntegerField(source="receivables.overdue")
        collection_efficiency = CharField()

    class PaymentMethods(FiguresSerializer):
        class Method(FiguresSerializer):
            amount = MoneyField(source="total_revenue")
            transactions = IntegerField(source="orders")
            avg_transaction = MoneyField(source="average_order")

        cash = Method()
        card = Method()
        bkash = Method()
        nagad = Method()
        due = Method()

    class TaxAnalysis(FiguresSerializer):
        total_tax_collected = MoneyField(source="tax_collected")
        taxable_sales = MoneyField(source="gross_sales")
        effective_tax_rate = PercentField("tax_collected", of="gross_sales")
        taxable_transactions = IntegerField(source="orders")

    class InventoryValuation(FiguresSerializer):
        total_inventory_units = IntegerField(source="stock.units")
        total_sku_count = IntegerField(source="products_in_stock")
        inventory_value_at_retail = MoneyField(source="stock.at_retail")
        inventory_value_at_cost = MoneyField(source="stock.at_cost")
        inventory_markup_percent = PercentField("stock.potential_profit", of="stock.at_retail")

    class DailyAverages(FiguresSerializer):
        avg_daily_revenue = AverageField("sold.total_revenue", over="days")
        avg_daily_units_sold = AverageField("sold.units", over="days")
        business_days = IntegerField(source="days")
        avg_revenue_per_staff = AverageField("sold.total_revenue", over="sellers")

    period = CountedPeriod()
    revenue_analysis = RevenueAnalysis(source="*")
    gross_profit_analysis = GrossProfitAnalysis(source="*")
    operating_expenses = OperatingExpenses(source="spent")
    profitability_metrics = ProfitabilityMetrics(source="*")
    receivables_analysis = ReceivablesAnalysis(source="*")
    payment_methods = PaymentMethods()
    tax_analysis = TaxAnalysis(source="sold")
    inventory_valuation = InventoryValuation(source="*")
    daily_averages = DailyAverages(source="*")


class FinancialAnalysisMeta(Meta):
    class DateRange(FiguresSerializer):
        startDate = DayField(source="first")
        endDate = DayField(source="last")

    dateRange = DateRange(source="query")


class FinancialAnalysisView(DashboardView):
    """Revenue, profit, expenses, receivables, methods, tax and stock value.

    `days` is how far before its end the period begins when `fromDate` is not given.
    """

    message = "Financial analysis"
    data_serializer = FinancialAnalysisOut
    meta_serializer = FinancialAnalysisMeta
    parameters = (FROM, TO, DAYS.parameter)

    def parse_query(self, request: Request, **path: str) -> Period:
        return period_of(request.query_params, days=DAYS.parse(request.query_params))

    def read(self, query: Period) -> FinancialAnalysis:
        plans = plan_reading(query, SALES, BUYERS)
        by_method: dict[str, SalesFigures] = {}
        sellers = set()
        for (method, seller_id), sold in sales_by(plans[SALES.name], "method", "seller_id").items():
            by_method[method] = by_method.get(method, SalesFigures()) + sold
            if sold.orders:
                sellers.add(seller_id)
        return FinancialAnalysis(
            sold=sum(by_method.values(), SalesFigures()),
            owed=sum_dues(query),
            period=query,
            by_method=by_method,
            sellers=len(sellers),
            bought=buyers(plans[BUYERS.name], "customers", "products", "days"),
            receivables=sum_receivables(query, today=today()),
            spent=sum_expenses(query),
            stock=worth_of_all(),
            products_in_stock=products_kept_in_stock(),
        )
