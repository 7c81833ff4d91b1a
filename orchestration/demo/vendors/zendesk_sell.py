"""Zendesk Sell, the CRM of the apac leg: pages of its REST API, one response a line.

A response holds up to 100 items, each with ``data`` and ``meta``. Stage changes come from the
Firehose streams: events with the record after the change and what it was before. Two lists that
people keep by hand are CSV files in Chinese.
"""

from __future__ import annotations

import json
from typing import Any

from orchestration.demo.clock import iso_day, iso_minute
from orchestration.demo.company import Company
from orchestration.demo.files import Exports, Planted
from orchestration.demo.vendors.writing import (
    Names,
    converted_at,
    employees_of,
    follow,
    is_spam,
    last_stage,
    money,
    stage_entries,
    technologies_of,
    title_of,
)
from orchestration.demo.world import Account, Cycle, Deal, Group, Person

STAGES = {
    # stage: (id, name, category, likelihood)
    "Discovery": (6524001, "初步接洽", "incoming", 10),
    "Qualified": (6524002, "已确认商机", "qualified", 25),
    "Proposal": (6524003, "方案报价", "qualified", 50),
    "Negotiation": (6524004, "商务谈判", "qualified", 75),
    "Won": (6524005, "赢单", "won", 100),
    "Lost": (6524006, "输单", "lost", 0),
    "Duplicate": (6524007, "重复商机", "unqualified", 0),
}
_STATUS = {
    "lead": "新线索",
    "mql": "市场合格",
    "sal": "销售接受",
    "sql": "销售合格",
    "rejected": "退回",
    "recycled": "培育",
    "disqualified": "淘汰",
}
_ASSIGNED = "已分配"
CHANNELS = {
    "paid_search": "付费搜索",
    "paid_social": "付费社交",
    "organic_search": "自然搜索",
    "organic_social": "社交媒体",
    "content": "内容",
    "event": "活动",
    "email": "邮件",
    "referral": "客户推荐",
    "partner": "合作伙伴",
    "outbound": "主动外呼",
    "direct": "直接访问",
}
_ORIGINS = {
    "marketing": "市场部",
    "sales": "销售部",
    "partner": "合作伙伴",
    "customer_success": "客户成功部",
}
_TYPES = {"new": "新签", "expansion": "增购", "renewal": "续约"}
_LOSS_REASONS = (
    "price", "competitor", "no_decision", "missing_feature", "timing", "gone_quiet",
)  # fmt: skip
_CALL_OUTCOMES = {True: 118301, False: 118302}
_TASKS = {
    # (kind, automated, answered): the task's text
    ("email", False, False): "发送邮件",
    ("email", False, True): "邮件往来",
    ("email", True, False): "自动邮件",
    ("meeting", False, True): "会面",
    ("meeting", False, False): "会面未到",
}
_PAGE = 100


class Pages:
    """The responses of one endpoint, each written as soon as its page is full."""

    def __init__(self, file: Any, endpoint: str, kind: str) -> None:
        self._file, self._endpoint, self._kind = file, endpoint, kind
        self._items: list[dict[str, Any]] = []
        self._page = 1

    def add(self, data: dict[str, Any], **meta: Any) -> None:
        self._items.append({"data": data, "meta": {"type": self._kind, **meta}})
        if len(self._items) == _PAGE:
            self._write(is_last=False)

    def close(self) -> None:
        self._write(is_last=True)

    def _write(self, is_last: bool) -> None:
        address = f"https://api.getbase.com{self._endpoint}?per_page={_PAGE}&page="
        links = {"self": f"{address}{self._page}"}
        if not is_last:
            links["next_page"] = f"{address}{self._page + 1}"
        meta = {"type": "collection", "count": len(self._items), "links": links}
        page = {"items": self._items, "meta": meta}
        self._file.write(json.dumps(page, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._items = []
        self._page += 1


class ZendeskSell:
    """Follows the event log and writes what the apac leg pulls from Sell."""

    def __init__(self, company: Company, exports: Exports, planted: Planted) -> None:
        self._names = Names(company, planted)
        self._as_of = company.as_of
        self._event = 0

        def pages(name: str, endpoint: str, kind: str) -> Pages:
            return Pages(exports.text(f"zendesk_sell/{name}.jsonl"), endpoint, kind)

        self._leads = pages("leads", "/v2/leads", "lead")
        self._lead_stream = pages("leads_stream", "/v3/leads/stream", "lead")
        self._contacts = pages("contacts", "/v2/contacts", "contact")
        self._deals = pages("deals", "/v2/deals", "deal")
        self._deal_stream = pages("deals_stream", "/v3/deals/stream", "deal")
        self._calls = pages("calls", "/v2/calls", "call")
        self._tasks = pages("tasks", "/v2/tasks", "task")
        self._setup = [
            pages("users", "/v2/users", "user"),
            pages("stages", "/v2/stages", "stage"),
            pages("loss_reasons", "/v2/loss_reasons", "loss_reason"),
            pages("call_outcomes", "/v2/call_outcomes", "call_outcome"),
        ]
        encoding = "gb18030" if "gb18030" in company.settings.warts else "utf-8"
        self._companies = exports.table(
            "zendesk_sell/公司列表.csv",
            ("公司编号", "公司名称", "上级公司编号", "国家", "行业", "员工人数", "销售区域",
             "细分市场", "创建时间", "备注", "已用系统"),
            encoding=encoding,
        )  # fmt: skip
        self._splits = exports.table(
            "zendesk_sell/业绩分成.csv", ("商机编号", "销售编号", "分成比例", "分成类型"),
            encoding=encoding,
        )  # fmt: skip
        if encoding != "utf-8":
            for name in ("公司列表.csv", "业绩分成.csv"):
                planted.note("gb18030", name, "", "the whole file")
        self._write_setup(company)

    def _write_setup(self, company: Company) -> None:
        users, stages, reasons, outcomes = self._setup
        since = _time((company.start_day - 400) * 86_400)
        for rep in company.reps:
            if rep.leg.name == "apac":
                users.add({
                    "id": int(rep.crm_id), "name": rep.name, "role": "user", "status": "active",
                    "email": f"rep{rep.number:04d}@demo-company.example",
                    "group": {"name": rep.team(company.end_day)}, "created_at": since,
                })  # fmt: skip
        for position, (record, name, category, likelihood) in enumerate(STAGES.values(), 1):
            stages.add({
                "id": record, "name": name, "category": category, "position": position,
                "likelihood": likelihood, "active": True, "pipeline_id": 757056,
                "created_at": since,
            })  # fmt: skip
        for index, name in enumerate(_LOSS_REASONS):
            reasons.add({"id": 318001 + index, "name": name, "created_at": since})
        for is_connected, record in _CALL_OUTCOMES.items():
            outcomes.add({"id": record, "name": "已接通" if is_connected else "未接通"})

    def add(self, group: Group) -> None:
        follow(group, "apac", self._as_of, self._company, self._deal, self._lead)

    def close(self) -> None:
        for pages in (
            self._leads, self._lead_stream, self._contacts, self._deals, self._deal_stream,
            self._calls, self._tasks, *self._setup,
        ):  # fmt: skip
            pages.close()

    def _lead(self, person: Person) -> None:
        number, account = person.number, person.account
        record = 2_700_000_000 + number
        name = self._names.person(person.family_name, number, "leads.jsonl", record)
        owner = int(person.owner.crm_id) if person.owner is not None else None
        created = _time(person.created_at)
        self._leads.add(
            {
                "id": record, "creator_id": owner, "owner_id": owner,
                "first_name": person.given_name, "last_name": name, "title": title_of(person),
                "organization_name": account.name if account is not None else None,
                "status": _STATUS[last_stage(person)], "email": person.email,
                "phone": person.phone, "address": {"country": person.country}, "tags": [],
                "custom_fields": {
                    "渠道": CHANNELS[person.channel],
                    "活动名称": person.campaign.name if person.campaign is not None else None,
                    "来源部门": _ORIGINS[person.origin],
                    "销售区域": person.region,
                    "公司编号": _account_id(account),
                    "采购角色": person.persona,
                    "测试记录": person.excluded_reason == "test",
                    "垃圾信息": is_spam(person),
                    "非潜客原因": person.not_a_prospect_reason,
                    "已删除": person.excluded_reason == "deleted",
                },
                "created_at": created, "updated_at": created,
            },
            version=1,
        )  # fmt: skip
        kind, who = "lead", record
        converted = converted_at(person)
        if converted is not None:
            kind, who = "contact", _contact_id(number)
            self._contacts.add(
                {
                    "id": who, "creator_id": owner, "owner_id": owner, "is_organization": False,
                    "contact_id": _account_id(account), "name": f"{name}{person.given_name}",
                    "first_name": person.given_name, "last_name": name, "email": person.email,
                    "phone": person.phone, "custom_fields": {"原线索编号": record},
                    "created_at": _time(converted), "updated_at": _time(converted),
                },
                version=1,
            )  # fmt: skip
        status: str | None = None
        for cycle in person.cycles:
            status = self._cycle(record, kind, who, cycle, status)

    def _cycle(
        self, record: int, kind: str, who: int, cycle: Cycle, status: str | None
    ) -> str | None:
        for at, stage, reason in stage_entries(cycle):
            data = {"id": record, "status": _STATUS[stage], "custom_fields": {"退回原因": reason}}
            self._emit(self._lead_stream, data, at, {"status": status} if status else None)
            status = _STATUS[stage]
        if cycle.assigned_at is not None and cycle.mql_at is not None:
            data = {
                "id": record, "status": _ASSIGNED,
                "custom_fields": {"退回原因": None, "交接时间": _time(cycle.mql_at)},
            }  # fmt: skip
            self._emit(self._lead_stream, data, cycle.assigned_at, {"status": _STATUS["mql"]})
        deals = [cycle.deal] if cycle.deal is not None else []
        for activity in cycle.activities:
            owner = int(activity.rep.crm_id) if activity.rep is not None else None
            near = [_deal_id(deal) for deal in deals if activity.at >= deal.created_at]
            at = _time(activity.at)
            if activity.kind == "call":
                self._calls.add({
                    "id": 880_000_000 + activity.activity_id, "user_id": owner,
                    "resource_type": kind, "resource_id": who, "incoming": False,
                    "missed": not activity.is_connected,
                    "outcome_id": _CALL_OUTCOMES[activity.is_connected],
                    "duration": 240 if activity.is_connected else 0, "made_at": at,
                    "associated_deal_ids": near,
                })  # fmt: skip
            else:
                text = _TASKS[activity.kind, activity.is_automated, activity.is_connected]
                self._tasks.add({
                    "id": 660_000_000 + activity.activity_id, "owner_id": owner, "content": text,
                    "resource_type": kind, "resource_id": who, "completed": True,
                    "completed_at": at, "due_date": at, "overdue": False,
                })  # fmt: skip
        return status

    def _emit(
        self, stream: Pages, data: dict[str, Any], at: int, previous: dict[str, Any] | None
    ) -> None:
        self._event += 1
        stream.add(
            data,
            event_id=f"{self._event:032x}",
            event_type="updated" if previous else "created",
            event_time=_time(at),
            event_cause="user",
            sequence=self._event,
            **({"previous": previous} if previous else {}),
        )

    def _company(self, account: Account) -> None:
        record = _account_id(account)
        name, note = self._names.account(account, "公司列表.csv", record)
        owner = account.people[0].owner if account.people else None
        created = _time(account.created_at)
        parent = _account_id(account.parent)
        self._contacts.add(
            {
                "id": record, "creator_id": None, "is_organization": True, "name": name,
                "owner_id": int(owner.crm_id) if owner is not None else None, "contact_id": None,
                "parent_organization_id": parent, "industry": account.industry,
                "website": f"https://{account.domain}", "address": {"country": account.country},
                "custom_fields": {"销售区域": account.region, "细分市场": account.segment},
                "created_at": created, "updated_at": created,
            },
            version=1,
        )  # fmt: skip
        self._companies.writerow([
            record, name, parent or "", account.country, account.industry, employees_of(account),
            account.region, account.segment, created, note, technologies_of(account),
        ])  # fmt: skip

    def _deal(self, deal: Deal) -> None:
        record, account = _deal_id(deal), deal.account
        owner = int(deal.owner.crm_id) if deal.owner is not None else None
        last = deal.moves[-1]
        assert deal.close_day is not None
        reason = None
        if deal.lost_reason is not None:
            reason = 318001 + _LOSS_REASONS.index(deal.lost_reason)
        self._deals.add(
            {
                "id": record, "creator_id": owner, "owner_id": owner,
                "name": f"{account.name} {deal.product} {deal.number}",
                "value": None if deal.amount is None else money(deal.amount),
                "currency": deal.currency, "hot": False, "stage_id": STAGES[deal.stage][0],
                "last_stage_change_at": _time(last.at),
                "estimated_close_date": iso_day(deal.close_day), "loss_reason_id": reason,
                "contact_id": _contact_of(deal), "organization_id": _account_id(account),
                "tags": [],
                "custom_fields": {
                    "订单类型": _TYPES[deal.order_type], "产品编号": deal.product,
                    "销售区域": account.region, "细分市场": account.segment,
                },
                "created_at": _time(deal.created_at), "updated_at": _time(last.at),
            },
            version=len(deal.moves),
        )  # fmt: skip
        stage: int | None = None
        for move in deal.moves:
            entered = STAGES[move.stage][0]
            data = {"id": record, "stage_id": entered, "name": f"{account.name} {deal.product}"}
            self._emit(self._deal_stream, data, move.at, {"stage_id": stage} if stage else None)
            stage = entered
        for rep, share, kind in deal.splits:
            self._splits.writerow([
                record, rep.crm_id, f"{round(share * 100)}%",
                "业绩" if kind == "revenue" else "叠加",
            ])  # fmt: skip


def _account_id(account: Account | None) -> int | None:
    return 3_000_000_000 + account.number if account is not None else None


def _contact_id(number: int) -> int:
    return 400_000_000 + number


def _contact_of(deal: Deal) -> int | None:
    return _contact_id(deal.person.number) if deal.person is not None else None


def _deal_id(deal: Deal) -> int:
    return 5_100_000_000 + deal.number


def _time(at: int) -> str:
    day, clock = iso_minute(at).split(" ")
    return f"{day}T{clock}:00Z"
