"""A subscription is what its newest version shows, whichever export brings it."""

from __future__ import annotations

import json
import logging
import os
from itertools import count
from typing import Any

import pytest

from orchestration import pipeline
from orchestration.exports.checking import check_file, describe
from tests.exports.conftest import Company

CLOCK = count(1_700_000_000)
STATE = (
    "select subscription_id, item_id, status, interval_amount::double "
    "from raw_mapped.subscriptions where not is_change order by all"
)
ACCOUNTS = "select account_id from raw_mapped.subscriptions order by subscription_id"
CSV = "id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Status,Start (UTC)\n"


def _item(id_: str, cents: int, usage: str = "licensed") -> dict[str, Any]:
    every_month = {"interval": "month", "interval_count": 1, "usage_type": usage}
    price = {"product": "prod_1", "unit_amount": cents, "recurring": every_month}
    return {"id": id_, "quantity": 1, "price": price}


def _subscription(
    id_: str, *items: dict[str, Any], has_more: bool = False, **more: Any
) -> dict[str, Any]:
    return {"id": id_, "object": "subscription", "currency": "eur", "customer": "cus_1",
            "start_date": 1736499600, "created": 1736499600, "status": "active",
            "items": {"has_more": has_more, "data": list(items)}} | more  # fmt: skip


def _deliver(company: Company, name: str, *subscriptions: dict[str, Any] | str) -> None:
    """A list as the API or, given rows of text, the CSV has it, newer than those before."""
    content = (
        CSV + "".join(map(str, subscriptions))
        if name.endswith(".csv")
        else json.dumps({"data": subscriptions})
    )
    at = next(CLOCK)
    os.utime(company.write(name, content), (at, at))


@pytest.fixture
def stripe(company: Company) -> Company:
    company.map("sources:\n  - {reader: stripe}\n")
    first = [_subscription("sub_1", _item("si_1", 500), _item("si_2", 700)),
             _subscription("sub_2", _item("si_3", 900))]  # fmt: skip
    _deliver(company, "old.json", *first)
    return company


SECOND = ("stripe:sub_2", "stripe:si_3", "active", 9.0)


@pytest.mark.parametrize(
    ("newer", "first"),
    [
        pytest.param([_item("si_2", 700)], [("stripe:si_2", 7.0)], id="an item is removed"),
        pytest.param([_item("si_1", 500), _item("si_4", 800)],
                     [("stripe:si_1", 5.0), ("stripe:si_4", 8.0)], id="an item is swapped"),
        pytest.param([_item("si_1", 500, "metered")], [], id="what is left is metered"),
        pytest.param([], [], id="no item is left"),
    ],
)  # fmt: skip
def test_the_newest_version_of_a_subscription_replaces_all_its_items(
    stripe: Company, newer: list[dict[str, Any]], first: list[tuple]
):
    # Another subscription shows what the items of the list look like.
    _deliver(stripe, "new.json", _subscription("sub_1", *newer),
             _subscription("sub_3", _item("si_9", 100)))  # fmt: skip
    totals = stripe.load().totals
    assert stripe.rows(STATE) == [
        *(("stripe:sub_1", item, "active", amount) for item, amount in first),
        SECOND,
        ("stripe:sub_3", "stripe:si_9", "active", 1.0),
    ]
    assert totals["rows_read"] == sum(
        totals[f"rows_{what}"] for what in ("loaded", "superseded", "quarantined", "filtered")
    )


def test_a_cancelled_subscription_leaves_no_active_item(stripe: Company):
    gone: dict[str, Any] = {"status": "canceled", "ended_at": 1746050400}
    _deliver(stripe, "new.json", _subscription("sub_1", _item("si_1", 500), **gone))
    stripe.load()
    assert stripe.rows(STATE) == [("stripe:sub_1", "stripe:si_1", "canceled", 5.0), SECOND]


def test_the_list_of_the_dashboard_and_that_of_the_api_show_one_subscription(stripe: Company):
    _deliver(stripe, "new.csv", "sub_1,cus_1,basic,1,eur,month,12.00,active,2025-01-10 09:00\n")
    stripe.load()
    assert stripe.rows(STATE) == [("stripe:sub_1", None, "active", 12.0), SECOND]
    _deliver(stripe, "newest.json", _subscription("sub_1", _item("si_5", 1300)))
    stripe.load()
    assert stripe.rows(STATE) == [("stripe:sub_1", "stripe:si_5", "active", 13.0), SECOND]


def test_changes_of_a_subscription_stay_beside_its_list_and_beside_later_changes(stripe: Company):
    head = "event_timestamp,event_type,subscription_id,currency,mrr\n"
    for name, row in (
        ("1.csv", "2025-01-10 09:00:00,ACTIVE_START,sub_1,eur,12.00\n"),
        ("2.csv", "2025-02-10 09:00:00,ACTIVE_UPGRADE,sub_1,eur,13.00\n"),
    ):
        stripe.write(name, head + row)
    stripe.load()
    assert stripe.rows(
        "select mrr::double from raw_mapped.subscriptions where is_change order by 1"
    ) == [(12.0,), (13.0,)]
    assert len(stripe.rows(STATE)) == 3


def test_a_subscription_that_shows_only_its_first_items_is_named(
    stripe: Company, caplog: pytest.LogCaptureFixture
):
    path = stripe.write(
        "cut.json",
        json.dumps({"data": [_subscription("sub_4", _item("si_6", 100), has_more=True)]}),
    )
    with caplog.at_level(logging.INFO):
        pipeline.load(stripe.settings, "run-1")
    assert [line for line in caplog.messages if "cut.json" in line] == [
        "  cut.json: 1 of its records say that they hold only the first of their items "
        "(has_more), so that rows are missing; a retry will not help, export each with all of its "
        "items"
    ]
    (check,) = check_file(path, None, path.parent, stripe.settings.state)
    assert (
        "    1 of its records say that they hold only the first of their items (has_more)"
        in list(describe(check))
    )


def test_a_subscription_without_the_account_of_the_crm_is_of_the_customer_it_names(
    company: Company,
):
    linked: dict[str, Any] = {"metadata": {"crm_account": "hubspot:9"}}
    empty: dict[str, Any] = {"metadata": {"crm_account": ""}, "customer": "cus_3"}
    _deliver(company, "linked.json",
             _subscription("sub_1", _item("si_1", 500), **linked),
             _subscription("sub_2", _item("si_2", 500), metadata={}),
             _subscription("sub_3", _item("si_3", 500), **empty))  # fmt: skip
    company.write(
        "linked.csv",
        CSV.replace("Start", "crm_account (metadata),Start")
        + "sub_4,cus_4,basic,1,eur,month,12.00,active,hubspot:8,2025-01-10 09:00\n"
        "sub_5,cus_5,basic,1,eur,month,12.00,active,,2025-01-10 09:00\n",
    )
    company.map("sources:\n  - {reader: stripe}\n")
    company.load()
    assert company.rows(ACCOUNTS) == [
        ("hubspot:9",), ("stripe:cus_1",), ("stripe:cus_3",), ("hubspot:8",), ("stripe:cus_5",),
    ]  # fmt: skip
