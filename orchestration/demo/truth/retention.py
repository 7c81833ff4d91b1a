"""Recurring revenue of customers: how much, how it moves, how much of it stays."""

from __future__ import annotations

import csv
from pathlib import Path

from orchestration.demo.clock import iso_day, moved_by_months, zone
from orchestration.demo.company import PRODUCTS, Company
from orchestration.demo.truth.ledger import Facts
from orchestration.demo.truth.slices import Slices
from orchestration.demo.truth.tally import Metric, Tally, number, period_start
from orchestration.demo.world import Account, Group

RECURRING = ("segment", "region")
MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
LOGOS = {"new": "new_customers", "reactivation": "reactivated_customers", "churn": "lost_customers"}
_YEAR = 12
_BUYING_MONTHS = {"quarter": 3, "year": 12}

METRICS = (
    Metric("mrr", "mrr", dimensions=RECURRING),
    Metric("arr", "mrr", dimensions=RECURRING, times=12),
    Metric("customer_count", "customers", dimensions=RECURRING),
    Metric("logo_retention_rate", "year_kept", "year_base", "ratio", RECURRING),
    Metric("logo_churn_rate", "year_left", "year_base", "ratio", RECURRING),
    Metric("grr", "year_kept_mrr", "year_base_mrr", "ratio", RECURRING),
    Metric("nrr", "year_end_mrr", "year_base_mrr", "ratio", RECURRING),
    Metric("grr_parent", "year_parent_kept_mrr", "year_parent_base_mrr", "ratio"),
    Metric("grr_flow", "year_flow_mrr", "year_base_mrr", "ratio", RECURRING),
    Metric("monthly_logo_retention_rate", "month_kept", "month_base", "ratio", RECURRING),
    Metric("monthly_grr_rate", "month_kept_mrr", "month_base_mrr", "ratio", RECURRING),
    Metric("monthly_nrr_rate", "month_end_mrr", "month_base_mrr", "ratio", RECURRING),
    Metric("cohort_retention", "cohort_active", "cohort_size", "ratio", ("months_on",),
           has_total=False),
    Metric("repeat_purchase_rate", "buyers_again", "buyers_before", "ratio", RECURRING),
    Metric("net_revenue", "net_revenue", dimensions=("segment", "region", "product")),
)  # fmt: skip


class Retention:
    """Follows each account's recurring revenue at every month end, in constant currency."""

    def __init__(self, company: Company, tally: Tally, slices: Slices) -> None:
        self.company, self.tally, self.slices = company, tally, slices
        as_of_day = zone(company.zone_name).day(company.as_of)
        self.months = [m for m in company.months if moved_by_months(m, 1) <= as_of_day]
        self._rates: dict[str, float] = {}
        self._movements = {month: dict.fromkeys(MOVEMENTS, 0.0) for month in self.months}
        self._logos = {month: dict.fromkeys(LOGOS, 0) for month in self.months}
        self._opening = {month: 0.0 for month in self.months}
        self._closing = {month: 0.0 for month in self.months}
        # month index -> the periods whose end it is
        self._periods = [self._ending(index) for index in range(len(self.months))]

    def add(self, group: Group, facts: dict[int, Facts]) -> None:
        """The accounts of one group."""
        parent = [0.0] * len(self.months)
        for account in group.accounts:
            if account.mrr:
                levels = self.levels(account)
                parent = [sum(pair) for pair in zip(parent, levels, strict=True)]
                self._account(account, levels)
            self._buyers(account, facts)
            self._invoices(account)
        for index in range(_YEAR, len(self.months)):
            base = parent[index - _YEAR]
            if base > 0:
                kept = min(parent[index], base)
                for grain, start in self._periods[index]:
                    self.tally.put("year_parent_base_mrr", grain, start, (0,), base)
                    self.tally.put("year_parent_kept_mrr", grain, start, (0,), kept)

    def levels(self, account: Account) -> list[float]:
        """Recurring revenue at each month end at the rate of the first simulated month."""
        rate = self._rates.get(account.currency)
        if rate is None:
            rate = self.company.rate(account.currency, self.company.start_day)
            self._rates[account.currency] = rate
        changes = sorted(account.mrr, key=lambda change: change.day)
        found, current, place = [], 0.0, 0
        for month in self.months:
            end = moved_by_months(month, 1)
            while place < len(changes) and changes[place].day < end:
                current = changes[place].mrr
                place += 1
            found.append(current * rate)
        return found

    def _account(self, account: Account, levels: list[float]) -> None:
        members, put = self.slices.account(account), self.tally.put
        first = next((index for index, level in enumerate(levels) if level > 0), None)
        if first is None:
            return
        losses = [0.0]
        for index, level in enumerate(levels):
            before = levels[index - 1] if index else 0.0
            losses.append(losses[-1] + max(0.0, before - level))
            self._move(self.months[index], before, level, index > first)
            year_ago = levels[index - _YEAR] if index >= _YEAR else 0.0
            if not (level or before or year_ago):
                continue
            amounts = {"customers": 1.0, "mrr": level} if level > 0 else {}
            for span, base in (("month", before), ("year", year_ago)):
                if base > 0:
                    amounts[f"{span}_base"] = 1.0
                    amounts[f"{span}_kept" if level > 0 else f"{span}_left"] = 1.0
                    amounts[f"{span}_base_mrr"] = base
                    amounts[f"{span}_kept_mrr"] = min(base, level)
                    amounts[f"{span}_end_mrr"] = level
            if year_ago > 0:
                lost = losses[index + 1] - losses[index + 1 - _YEAR]
                amounts["year_flow_mrr"] = year_ago - lost
            for grain, start in self._periods[index]:
                self.tally.put_all(amounts, grain, start, members)
        for index in range(first, len(levels)):
            member = self.slices.only("months_on", f"{index - first:02d}")
            put("cohort_size", "month", self.months[first], member)
            if levels[index] > 0:
                put("cohort_active", "month", self.months[first], member)

    def _move(self, month: int, before: float, after: float, was_customer: bool) -> None:
        self._opening[month] += before
        self._closing[month] += after
        if after == before:
            return
        if before == 0:
            kind = "reactivation" if was_customer else "new"
        elif after == 0:
            kind = "churn"
        else:
            kind = "expansion" if after > before else "contraction"
        self._movements[month][kind] += abs(after - before)
        if kind in LOGOS:
            self._logos[month][kind] += 1

    def _buyers(self, account: Account, facts: dict[int, Facts]) -> None:
        """Buyers of something that is not a subscription, in neighbouring periods."""
        days = [
            found.close_day
            for deal in account.deals
            if (found := facts[deal.number]).is_standing
            and found.close_day is not None
            and not PRODUCTS[deal.product][3]
            and not (deal.refund and deal.amount and deal.refund.amount >= deal.amount)
        ]
        if not days:
            return
        last, members = self.months[-1], self.slices.account(account)
        for grain, length in _BUYING_MONTHS.items():
            starts = {period_start(day, grain) for day in days}
            for start in starts:
                later = moved_by_months(start, length)
                if moved_by_months(later, length - 1) > last:
                    continue
                self.tally.put("buyers_before", grain, later, members)
                if later in starts:
                    self.tally.put("buyers_again", grain, later, members)

    def _invoices(self, account: Account) -> None:
        for invoice in account.invoices:
            amount = invoice.amount * self.company.rate(invoice.currency, invoice.day)
            product = self.slices.only("product", invoice.deal.product)
            self.tally.add(
                "net_revenue", invoice.day, (*self.slices.account(account), *product),
                amount if invoice.kind == "invoice" else -amount,
            )  # fmt: skip

    def _ending(self, index: int) -> list[tuple[str, int]]:
        """The month itself, and longer periods that end with it, or are under way at the end."""
        month, is_last = self.months[index], index == len(self.months) - 1
        found = [("month", month)]
        for grain in ("quarter", "year"):
            start = period_start(month, grain)
            if is_last or period_start(self.months[index + 1], grain) != start:
                found.append((grain, start))
        if is_last:
            found.append(("all", period_start(month, "all")))
        return found

    def write(self, path: Path) -> None:
        """``mrr_movements.csv``: one row per month, in constant currency and in accounts."""
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["month", *MOVEMENTS, "opening", "closing", *LOGOS.values()])
            for month in self.months:
                values = [
                    *(self._movements[month][name] for name in MOVEMENTS),
                    self._opening[month], self._closing[month], *self._logos[month].values(),
                ]  # fmt: skip
                rows.writerow([iso_day(month), *map(number, values)])
