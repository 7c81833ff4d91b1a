"""The members a person or a deal counts under: who owns it, where it came from and belongs."""

from __future__ import annotations

from orchestration.demo.clock import zone
from orchestration.demo.company import Company
from orchestration.demo.truth.fit import icp_tier
from orchestration.demo.truth.tally import Members
from orchestration.demo.world import Account, Campaign, Deal, Person, Rep

UNASSIGNED = "__unassigned__"
MISSING = "__missing__"
UNATTRIBUTED = "__unattributed__"
UNALLOCATED = "__unallocated__"

PAID_CHANNELS = ("paid_search", "paid_social")

LEAD = (
    "channel", "campaign", "origin", "region", "segment", "owner", "team", "icp_tier", "persona",
)  # fmt: skip
DEAL = ("owner", "team", "order_type", "region", "segment", "product", "channel", "icp_tier")


class Slices:
    """Members of leads and deals. A team is the one on the day of the event."""

    def __init__(self, company: Company, members: Members) -> None:
        self.members = members
        self._zone = zone(company.zone_name)
        self._days: dict[int, int] = {}
        self._leads: dict[tuple, int] = {}
        self._deals: dict[tuple, int] = {}
        self._credits: dict[tuple[int, str], int] = {}
        self._alls: dict[tuple[str, str], tuple[int]] = {}
        self._person: Person | None = None
        self._fixed = 0

    def day(self, at: int) -> int:
        """Local day of an instant; days begin and end on whole quarters of an hour."""
        found = self._days.get(at // 900)
        if found is None:
            found = self._days[at // 900] = self._zone.day(at)
        return found

    def lead(self, person: Person, day: int) -> tuple[int, int]:
        """``all`` and the `LEAD` dimensions of a person on a local day."""
        if person is not self._person:
            self._person, self._fixed = person, self._lead_but_owner(person)
        return self._fixed, self.credit(person.owner, day)

    def _lead_but_owner(self, person: Person) -> int:
        campaign, account = person.campaign, person.account
        key = (
            person.channel,
            campaign and campaign.number,
            person.origin,
            person.region,
            account and account.segment,
            tier := icp_tier(account),
            person.persona,
        )
        found = self._leads.get(key)
        if found is None:
            found = self._leads[key] = self.members.bundle(
                0,
                self.members.id("channel", person.channel or MISSING),
                self.members.id("campaign", campaign_name(campaign)),
                self.members.id("origin", person.origin or MISSING),
                self.members.id("region", person.region or MISSING),
                self.members.id("segment", segment_of(account)),
                self.members.id("icp_tier", tier),
                self.members.id("persona", person.persona),
            )
        return found

    def deal(self, deal: Deal, day: int) -> tuple[int, int]:
        """``all`` and the `DEAL` dimensions of a deal on a local day."""
        return self.deal_but_owner(deal), self.credit(deal.owner, day)

    def deal_but_owner(self, deal: Deal) -> int:
        """``all`` and the dimensions of a deal that do not depend on who is credited."""
        account = deal.account
        channel = deal.person.channel or MISSING if deal.person else UNATTRIBUTED
        tier = icp_tier(account)
        key = deal.order_type, account.region, account.segment, deal.product, channel, tier
        found = self._deals.get(key)
        if found is None:
            found = self._deals[key] = self.members.bundle(
                0,
                self.members.id("order_type", deal.order_type or MISSING),
                self.members.id("region", account.region or MISSING),
                self.members.id("segment", segment_of(account)),
                self.members.id("product", deal.product or MISSING),
                self.members.id("channel", channel),
                self.members.id("icp_tier", tier),
            )
        return found

    def account(self, account: Account) -> tuple[int]:
        """``all``, segment and region of a customer."""
        segment = self.members.id("segment", segment_of(account))
        region = self.members.id("region", account.region or MISSING)
        return (self.members.bundle(0, segment, region),)

    def credit(self, rep: Rep | None, day: int) -> int:
        """Owner and team of a rep on a local day."""
        key = (-1, "") if rep is None else (rep.number, rep.team(day))
        found = self._credits.get(key)
        if found is None:
            owner, team = (UNASSIGNED, UNASSIGNED) if rep is None else (rep.key, key[1])
            found = self._credits[key] = self.members.bundle(
                self.members.id("owner", owner), self.members.id("team", team)
            )
        return found

    def with_all(self, dimension: str, value: str) -> tuple[int]:
        """``all`` and one member."""
        key = dimension, value
        found = self._alls.get(key)
        if found is None:
            found = self._alls[key] = (self.members.bundle(0, self.members.id(*key)),)
        return found

    def only(self, dimension: str, value: str) -> tuple[int]:
        """One member without ``all``."""
        return (self.members.id(dimension, value),)


def campaign_name(campaign: Campaign | None) -> str:
    return MISSING if campaign is None else campaign.name


def segment_of(account: Account | None) -> str:
    return (account.segment or MISSING) if account is not None else MISSING
