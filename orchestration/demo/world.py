"""What happens in the demo company: the records of the event log.

Instants are seconds since 1970 UTC on whole minutes, days are days since 1970, money is in the
record's own currency. ``None`` means that it has not happened by the end of the simulation.
Everything a number follows from stands here, before any vendor's format or any planted defect.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, frozen=True)
class Leg:
    """A part of the company with its own CRM."""

    name: str
    """core, enterprise, apac or acquired."""
    source: str
    """The CRM's short name, which prefixes its record ids in the warehouse."""
    zone: str
    """Time zone of its CRM's exports."""
    has_history: bool
    """Whether the CRM exports every stage move; without it a deal has one qualified date."""


@dataclass(slots=True, frozen=True)
class Rep:
    number: int
    name: str
    leg: Leg
    crm_id: str
    """How the leg's CRM names the rep in its exports."""
    teams: tuple[tuple[int, str], ...]
    """(first day, team), oldest first."""
    hired_day: int
    monthly_quota: int
    """Full quota in reporting currency."""

    @property
    def key(self) -> str:
        """The owner id in the warehouse."""
        return f"{self.leg.source}:{self.crm_id}"

    def team(self, day: int) -> str:
        """The team on a day."""
        current = self.teams[0][1]
        for first, team in self.teams:
            if first <= day:
                current = team
        return current


@dataclass(slots=True, frozen=True)
class Team:
    name: str
    leg: Leg
    region: str
    calendar: str
    response_minutes: int
    """Typical business minutes to the first attempt."""
    unanswered: float
    """Share of hand-offs nobody ever answers."""


@dataclass(slots=True, frozen=True)
class Campaign:
    number: int
    name: str
    channel: str
    platform: str
    """google_ads, meta_ads, linkedin_ads, microsoft_ads, email, event or none."""
    leg: Leg | None
    """None: every leg."""
    months: tuple[tuple[int, int], ...]
    """Spans [first day, end day) in which it runs."""
    monthly_cost: float
    currency: str
    weight: float
    """How many leads it draws, relative to the others."""
    quality: float
    """Multiplies the chance that a lead fits and buys."""


ATTENDED = ("webinar", "event")
"""The kinds of touches that somebody has once for an event on a day."""


@dataclass(slots=True)
class Touch:
    """An eligible marketing or answered sales touch of a person."""

    touch_id: int
    at: int
    channel: str
    campaign: Campaign | None
    kind: str
    """form, ad_click, webinar, event, email_click, meeting or reply."""


@dataclass(slots=True)
class Activity:
    activity_id: int
    at: int
    kind: str
    """call, email, meeting, task or other."""
    rep: Rep | None
    is_automated: bool
    is_connected: bool


@dataclass(slots=True)
class Cycle:
    """One attempt to qualify a person. Stage instants are those of the CRM's own entries."""

    cycle_no: int
    origin: str
    lead_at: int
    is_lead_entered: bool = True
    """Whether the CRM holds a `lead` entry; a later cycle may begin at mql."""
    mql_at: int | None = None
    is_hand_raiser: bool = False
    assigned_at: int | None = None
    sal_at: int | None = None
    sql_at: int | None = None
    rejected_at: int | None = None
    reject_reason: str | None = None
    recycled_at: int | None = None
    disqualified_at: int | None = None
    activities: list[Activity] = field(default_factory=list)
    deal: Deal | None = None


@dataclass(slots=True)
class Person:
    number: int
    leg: Leg
    account: Account | None
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    persona: str
    channel: str
    campaign: Campaign | None
    origin: str
    region: str
    country: str
    owner: Rep | None
    created_at: int
    subscribed_at: int | None = None
    """Set when the person first only subscribed; `lead_at` of the first cycle comes later."""
    excluded_reason: str | None = None
    """deleted, test, internal, spam or not_a_prospect; such a person counts nowhere."""
    not_a_prospect_reason: str | None = None
    cycles: list[Cycle] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)


@dataclass(slots=True)
class Move:
    """A deal enters a stage."""

    at: int
    stage: str


@dataclass(slots=True)
class Refund:
    day: int
    amount: float


@dataclass(slots=True)
class Deal:
    number: int
    account: Account
    person: Person | None
    """The primary contact; a deal without one has no lead cycle either."""
    owner: Rep | None
    product: str
    order_type: str
    """new, expansion or renewal."""
    currency: str
    amount: float | None
    """First-year value; None or 0 where nobody filled it in."""
    created_at: int
    moves: list[Move]
    """Every stage entered, in time order; the first one at creation."""
    close_day: int | None
    """Local day (reporting zone) of the last close, or the expected one while open."""
    close_day_changes: list[tuple[int, int]] = field(default_factory=list)
    """(instant, new expected close day), the first at creation."""
    lost_reason: str | None = None
    excluded_reason: str | None = None
    splits: list[tuple[Rep, float, str]] = field(default_factory=list)
    """(rep, share, revenue or overlay)."""
    refund: Refund | None = None

    @property
    def stage(self) -> str:
        return self.moves[-1].stage

    @property
    def outcome(self) -> str:
        """open, won, lost or excluded."""
        if self.excluded_reason:
            return "excluded"
        return {"Won": "won", "Lost": "lost"}.get(self.stage, "open")


@dataclass(slots=True)
class MrrChange:
    """An account's recurring revenue from a day on, in its own currency."""

    day: int
    mrr: float
    reason: str
    """new, expansion, contraction, churn or reactivation."""


@dataclass(slots=True)
class Invoice:
    number: int
    kind: str
    """invoice, credit_note or refund; amounts are positive."""
    day: int
    currency: str
    amount: float
    deal: Deal
    corrects: int | None = None
    """Number of the invoice a credit note or refund belongs to."""


@dataclass(slots=True)
class Response:
    """A survey answer or a review; ``score`` is None for a blank."""

    number: int
    kind: str
    """nps, csat or review."""
    wave: str
    invited_day: int
    responded_day: int | None
    score: int | None
    person: Person
    account: Account
    comment: str
    is_delivered: bool = True
    routed_day: int | None = None
    """When marketing had tagged and seen it."""


@dataclass(slots=True)
class Account:
    number: int
    leg: Leg
    name: str
    domain: str
    country: str
    region: str
    currency: str
    employees: int
    segment: str
    industry: str
    fit: dict[str, float | None]
    """ICP attribute -> 0..1, None where unknown: industry, size, region, tech."""
    created_at: int
    parent: Account | None = None
    people: list[Person] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    mrr: list[MrrChange] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    @property
    def ultimate_parent(self) -> Account:
        return self if self.parent is None else self.parent.ultimate_parent


@dataclass(slots=True)
class Group:
    """Accounts under one ultimate parent with all their people, or people without a company."""

    number: int
    accounts: list[Account]
    people: list[Person]
