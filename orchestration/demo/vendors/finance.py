"""Accounting and billing: invoices, credit notes, refunds, subscriptions, cost postings."""

from __future__ import annotations

from orchestration.demo.clock import iso_day, moved_by_months
from orchestration.demo.company import PRODUCTS, Company
from orchestration.demo.files import Exports, Planted
from orchestration.demo.spending import postings
from orchestration.demo.vendors.ids import account_key, deal_key
from orchestration.demo.world import Account, Deal, Group, MrrChange

PAYMENT_DAYS = 30

_INVOICES = (
    "Invoice number", "Invoice date", "Due date", "Customer", "CRM account", "CRM deal",
    "Description", "Currency", "Net amount", "Status",
)  # fmt: skip
_INVOICES_ZH = (
    "发票号码", "开票日期", "到期日", "客户名称", "CRM客户", "CRM商机", "摘要", "币种",
    "不含税金额", "状态",
)  # fmt: skip
_STATES = {False: ("Paid", "Open"), True: ("已付款", "未付款")}


class Finance:
    """Everything finance exports, written as the groups come; cost postings at the end."""

    def __init__(self, company: Company, exports: Exports, planted: Planted) -> None:
        self.company, self.exports = company, exports
        name, encoding = "finance/invoices_apac.csv", "utf-8"
        if "gb18030" in company.settings.warts:
            encoding = "gb18030"
            planted.note("gb18030", name, "", "Chinese headers and names")
        self._invoices = exports.table("finance/invoices.csv", _INVOICES)
        self._invoices_zh = exports.table(name, _INVOICES_ZH, encoding=encoding)
        self._credits = exports.table(
            "finance/credit_notes_and_refunds.csv",
            (
                "Document number", "Type", "Posting date", "Corrects invoice", "Customer",
                "CRM account", "CRM deal", "Currency", "Amount",
            ),
        )  # fmt: skip
        self._subscriptions = exports.table(
            "billing/subscriptions.csv",
            (
                "id", "Customer ID", "Customer Description", "Plan", "Quantity", "Currency",
                "Interval", "Amount", "Status", "Created (UTC)", "Start (UTC)",
                "Current Period Start (UTC)", "Current Period End (UTC)", "Ended At (UTC)",
                "crm_account (metadata)",
            ),
            line_end="\n",
        )  # fmt: skip
        self._changes = exports.table(
            "billing/subscription_changes.csv",
            (
                "event_timestamp", "event_type", "customer_id", "subscription_id", "currency",
                "mrr_change", "mrr", "crm_account",
            ),
            line_end="\n",
        )  # fmt: skip

    def add(self, group: Group) -> None:
        for account in group.accounts:
            for deal in account.deals:
                if deal.refund is not None:
                    self._refund(account, deal)
            if account.invoices:
                self._bill(account)
            if account.mrr:
                self._subscribe(account)

    def close(self) -> None:
        ledger = self.exports.table(
            "finance/cost_postings.csv",
            (
                "Posting date", "Document", "Cost type", "Channel", "Campaign", "Region",
                "Amount", "Currency", "Text",
            ),
        )  # fmt: skip
        for number, posting in enumerate(postings(self.company), start=1):
            ledger.writerow([
                iso_day(posting.day), f"KP-{number:06d}", posting.cost_type,
                posting.channel or "", posting.campaign.name if posting.campaign else "",
                posting.region or "", f"{posting.amount:.2f}", posting.currency,
                posting.description,
            ])  # fmt: skip

    def _bill(self, account: Account) -> None:
        is_zh = account.leg.name == "apac"
        paid, unpaid = _STATES[is_zh]
        reference = account_key(account)
        for invoice in account.invoices:
            deal = deal_key(invoice.deal)
            if invoice.kind == "invoice":
                due = invoice.day + PAYMENT_DAYS
                (self._invoices_zh if is_zh else self._invoices).writerow([
                    f"INV-{invoice.number:07d}", iso_day(invoice.day), iso_day(due),
                    account.name, reference, deal, PRODUCTS[invoice.deal.product][0],
                    invoice.currency, f"{invoice.amount:.2f}",
                    paid if due < self.company.end_day else unpaid,
                ])  # fmt: skip
            elif invoice.kind == "credit_note":
                self._credits.writerow([
                    f"CN-{invoice.number:07d}", "Credit note", iso_day(invoice.day),
                    f"INV-{invoice.corrects:07d}", account.name, reference, deal,
                    invoice.currency, f"{invoice.amount:.2f}",
                ])  # fmt: skip

    def _refund(self, account: Account, deal: Deal) -> None:
        """Money back is posted whether or not the invoice was out already."""
        assert deal.refund is not None
        billed = next(
            (
                invoice
                for invoice in account.invoices
                if invoice.kind == "invoice" and invoice.deal is deal
            ),
            None,
        )
        self._credits.writerow([
            f"RF-{deal.number:07d}", "Refund", iso_day(deal.refund.day),
            f"INV-{billed.number:07d}" if billed else "", account.name, account_key(account),
            deal_key(deal), deal.currency, f"{deal.refund.amount:.2f}",
        ])  # fmt: skip

    def _subscribe(self, account: Account) -> None:
        """Each life of a customer, from the first month to the last, is one subscription."""
        customer, reference = f"cus_{account.number:08d}", account_key(account)
        lives: list[list[MrrChange]] = []
        before = 0.0
        for change in account.mrr:
            if change.mrr == before:
                continue
            if before <= 0:
                lives.append([])
            lives[-1].append(change)
            self._changes.writerow([
                f"{iso_day(change.day)} 00:00:00", _event(before, change.mrr), customer,
                _subscription(account, len(lives)), account.currency.lower(),
                f"{change.mrr - before:.2f}", f"{change.mrr:.2f}", reference,
            ])  # fmt: skip
            before = change.mrr
        for number, life in enumerate(lives, start=1):
            self._write_life(account, number, life, customer, reference)

    def _write_life(
        self, account: Account, number: int, life: list[MrrChange], customer: str, reference: str
    ) -> None:
        last = life[-1]
        ended = last.day if last.mrr <= 0 else None
        amount = next((change.mrr for change in reversed(life) if change.mrr > 0), 0.0)
        start, end = life[0].day, ended or self.company.end_day
        period = start
        while moved_by_months(period, 12) < end:
            period = moved_by_months(period, 12)
        self._subscriptions.writerow([
            _subscription(account, number), customer, account.name, "business-monthly", 1,
            account.currency.lower(), "month", f"{amount:.2f}",
            "canceled" if ended else "active", f"{iso_day(start)} 00:00",
            f"{iso_day(start)} 00:00", f"{iso_day(period)} 00:00",
            f"{iso_day(moved_by_months(period, 12))} 00:00",
            f"{iso_day(ended)} 00:00" if ended else "", reference,
        ])  # fmt: skip


def _subscription(account: Account, number: int) -> str:
    return f"sub_{account.number:08d}{number:02d}"


def _event(before: float, mrr: float) -> str:
    if before <= 0:
        return "ACTIVE_START"
    if mrr <= 0:
        return "ACTIVE_END"
    return "ACTIVE_UPGRADE" if mrr > before else "ACTIVE_DOWNGRADE"
