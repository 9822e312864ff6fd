"""How statements look on the wire: amounts as numbers, days as `YYYY-MM-DD`."""

from rest_framework import serializers

from ledger.ageing import Aged
from ledger.statements import TRIAL_COLUMNS
from pos_project.core.http.fields import DayField, MoneyField, WholeNumberField


class PeriodOut(serializers.Serializer):
    fromDate = DayField(source="first", allow_null=True)
    toDate = DayField(source="last")


class NamedAccountOut(serializers.Serializer):
    account = serializers.CharField(source="code")
    number = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()


class _OfAccount(serializers.Serializer):
    account = serializers.CharField(source="account.code")
    number = serializers.CharField(source="account.number")
    name = serializers.CharField(source="account.name")
    kind = serializers.CharField(source="account.kind")


class _TrialColumns(serializers.Serializer):
    opening_debit = MoneyField()
    opening_credit = MoneyField()
    debit = MoneyField()
    credit = MoneyField()
    closing_debit = MoneyField()
    closing_credit = MoneyField()


class TrialRowOut(_OfAccount, _TrialColumns):
    pass


class TrialTotalsOut(_TrialColumns):
    pass


assert set(_TrialColumns().fields) == set(TRIAL_COLUMNS)


class TrialBalanceOut(serializers.Serializer):
    rows = TrialRowOut(many=True)
    totals = TrialTotalsOut()
    balanced = serializers.BooleanField()


class SectionLineOut(_OfAccount):
    amount = MoneyField()


class SectionOut(serializers.Serializer):
    lines = SectionLineOut(many=True)
    total = MoneyField()


class StepOut(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    amount = MoneyField()


class BridgeOut(serializers.Serializer):
    """From the dashboards' net profit to the result: steps of nothing are left out."""

    dashboard_net_profit = MoneyField(source="bridge.dashboards")
    steps = StepOut(many=True, source="bridge_to_result")
    result = MoneyField()


class ProfitLossOut(serializers.Serializer):
    net_sales = SectionOut()
    cost_of_sales = SectionOut()
    gross_profit = MoneyField()
    operating_expenses = SectionOut()
    net_profit = MoneyField()
    other_income = SectionOut()
    stock_differences = SectionOut()
    result = MoneyField()
    bridge = BridgeOut(source="*")


class BalanceSheetOut(serializers.Serializer):
    assets = SectionOut()
    liabilities = SectionOut()
    equity = SectionOut()
    current_result = MoneyField(source="result")
    total_equity = MoneyField()
    liabilities_and_equity = MoneyField()
    balanced = serializers.BooleanField()


class TaxOfRateOut(serializers.Serializer):
    name = serializers.CharField(allow_null=True)
    rate = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    sales = serializers.IntegerField()
    taxable = MoneyField()
    collected = MoneyField()
    refunded = MoneyField()
    net = MoneyField()


class FlowOut(serializers.Serializer):
    """`account` is the other side of an entry by hand; what documents moved has none."""

    name = serializers.CharField()
    title = serializers.CharField()
    account = serializers.CharField(source="account.code", default=None, allow_null=True)
    amount = MoneyField()


class FlowsOut(serializers.Serializer):
    lines = FlowOut(many=True)
    total = MoneyField()


class CashFlowOut(serializers.Serializer):
    operating = FlowsOut()
    investing = FlowsOut()
    financing = FlowsOut()
    change = MoneyField()
    opening = MoneyField()
    closing = MoneyField()
    balanced = serializers.BooleanField()


class InputTaxOut(serializers.Serializer):
    opening = MoneyField()
    paid = MoneyField()
    returned = MoneyField()
    settled = MoneyField()
    reclaimable = MoneyField()


class TaxOut(serializers.Serializer):
    opening = MoneyField(source="account.opening")
    collected = MoneyField(source="account.collected")
    refunded = MoneyField(source="account.refunded")
    net = MoneyField(source="account.net")
    settled = MoneyField(source="account.settled")
    payable = MoneyField(source="account.payable")
    input_tax = InputTaxOut(source="account.input")
    net_payable = MoneyField(source="account.net_payable")
    by_rate = TaxOfRateOut(many=True)


class LedgerLineOut(serializers.Serializer):
    date = DayField(source="day")
    entry_id = serializers.IntegerField()
    event = serializers.CharField()
    document_id = serializers.IntegerField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    party = serializers.CharField(allow_null=True)
    debit = MoneyField()
    credit = MoneyField()
    balance = MoneyField()


class GeneralLedgerOut(serializers.Serializer):
    account = NamedAccountOut()
    opening = MoneyField()
    carried = MoneyField()
    lines = LedgerLineOut(many=True)
    debit = MoneyField()
    credit = MoneyField()
    closing = MoneyField()


class PartyOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class StatementLineOut(serializers.Serializer):
    date = DayField(source="day")
    kind = serializers.CharField()
    document_id = serializers.IntegerField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    method = serializers.CharField(allow_null=True)
    charge = MoneyField()
    payment = MoneyField()
    balance = MoneyField()


class PartyStatementOut(serializers.Serializer):
    party = PartyOut()
    opening = MoneyField()
    carried = MoneyField()
    lines = StatementLineOut(many=True)
    charges = MoneyField()
    payments = MoneyField()
    closing = MoneyField()
    dues = MoneyField()
    advances = MoneyField()


class _AgedColumns(serializers.Serializer):
    days_0_30 = MoneyField(source="named.days_0_30")
    days_31_60 = MoneyField(source="named.days_31_60")
    days_61_90 = MoneyField(source="named.days_61_90")
    days_over_90 = MoneyField(source="named.days_over_90")
    total = MoneyField()


class AgedRowOut(_AgedColumns):
    party_id = serializers.IntegerField()
    name = serializers.SerializerMethodField()

    def get_name(self, row: Aged) -> str:
        return str(self.context["names"][row.party_id])


class AgedTotalsOut(_AgedColumns):
    pass


class AgeingOut(serializers.Serializer):
    rows = AgedRowOut(many=True)
    totals = AgedTotalsOut()
    control_account = MoneyField()


class PartyBalanceOut(serializers.Serializer):
    party_id = serializers.IntegerField()
    name = serializers.CharField()
    dues = MoneyField()
    advances = MoneyField()
    balance = MoneyField()


class PartyBalanceTotalsOut(serializers.Serializer):
    dues = MoneyField()
    advances = MoneyField()
    balance = MoneyField()


class PartyBalancesOut(serializers.Serializer):
    rows = PartyBalanceOut(many=True)
    totals = PartyBalanceTotalsOut()


class ProductHeldOut(serializers.Serializer):
    product_id = serializers.IntegerField()
    name = serializers.CharField()
    sku = serializers.CharField(allow_null=True)
    units = WholeNumberField()
    value = MoneyField()


class StockOut(serializers.Serializer):
    rows = ProductHeldOut(many=True)
    units = WholeNumberField()
    value = MoneyField()
    inventory_account = MoneyField()


class OfPeriod(serializers.Serializer):
    """What stands before the figures of a period."""

    period = PeriodOut()
    store_id = serializers.IntegerField(allow_null=True)
    known_on = DayField(allow_null=True)


class OfDay(serializers.Serializer):
    """What stands before the figures of a day."""

    as_of = DayField()
    store_id = serializers.IntegerField(allow_null=True)
    known_on = DayField(allow_null=True)
