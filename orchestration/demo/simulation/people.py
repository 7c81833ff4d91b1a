"""Accounts, their people, and where each person came from."""

from __future__ import annotations

from orchestration.demo.clock import DAY
from orchestration.demo.company import INTERNAL_DOMAIN
from orchestration.demo.plan import (
    FIT_OF_INDUSTRY,
    FREE_CHANNELS,
    ICP_WEIGHTS,
    ORIGINS,
    PERSONAS,
)
from orchestration.demo.simulation.chance import Chance, Numbers
from orchestration.demo.warts import FREE_MAIL, OF_EXCLUDED
from orchestration.demo.world import Account, Group, Leg, Person

_FIRST_WORDS = ("Amber", "Beacon", "Copper", "Delta", "Ember", "Fjord", "Granite", "Harvest",
                "Island", "Juniper", "Kestrel", "Lantern", "Meadow", "Nimbus", "Orchard",
                "Pioneer", "Quarry", "River", "Summit", "Timber")  # fmt: skip
_SECOND_WORDS = ("Tools", "Logistics", "Software", "Foods", "Energy", "Textiles", "Robotics",
                 "Media", "Clinics", "Retail", "Payments", "Plastics")  # fmt: skip
_WORDS_ZH = ("琥珀", "灯塔", "赤铜", "三角洲", "余烬", "峡湾", "花岗岩", "丰收", "海岛", "杜松")
_KINDS_ZH = ("工具", "物流", "软件", "食品", "能源", "纺织", "机器人", "传媒")
_INDUSTRIES = ("software", "logistics", "manufacturing", "retail", "healthcare", "media",
               "public_sector", "education")  # fmt: skip
_PLACES = {
    "core": (("DE", "DACH", "EUR"), ("AT", "DACH", "EUR"), ("DE", "DACH", "EUR"),
             ("GB", "UK and Nordics", "GBP"), ("SE", "UK and Nordics", "EUR"),
             ("ES", "Southern Europe", "EUR"), ("IT", "Southern Europe", "EUR")),
    "enterprise": (("US", "North America", "USD"), ("US", "North America", "USD"),
                   ("CA", "North America", "USD")),
    "apac": (("CN", "Greater China", "CNY"), ("CN", "Greater China", "CNY"),
             ("SG", "Greater China", "USD")),
    "acquired": (("GB", "UK and Nordics", "GBP"), ("IE", "UK and Nordics", "EUR")),
}  # fmt: skip
_TEAMS_OF_REGION = {
    ("core", "DACH"): ("DACH",),
    ("core", "UK and Nordics"): ("UK and Nordics",),
    ("core", "Southern Europe"): ("Southern Europe",),
    ("enterprise", "North America"): ("US East", "US West"),
    ("apac", "Greater China"): ("Greater China",),
    ("acquired", "UK and Nordics"): ("Harbour",),
}
_GIVEN = ("Alma", "Bruno", "Carla", "Dario", "Elsa", "Felix", "Gina", "Henri", "Ines", "Jan",
          "Klara", "Luca", "Mona", "Noah", "Oda", "Paul", "Rita", "Simon", "Thea",
          "Uwe")  # fmt: skip
_FAMILY = ("Amsel", "Bussard", "Drossel", "Elster", "Falke", "Gimpel", "Habicht", "Ibis",
           "Kranich", "Lerche", "Meise", "Nachtigall", "Pirol", "Rabe", "Specht", "Taube", "Uhu",
           "Wachtel",
           "Zaunig", "Star")  # fmt: skip
_GIVEN_ZH = ("晓明", "丽华", "建国", "雨桐", "子轩", "思远", "佳怡", "文博")
_FAMILY_ZH = ("演", "示", "例", "样", "试", "范")
_EXCLUDED = (
    (0.004, "deleted"), (0.008, "test"), (0.013, "internal"), (0.033, "spam"),
    (0.045, "not_a_prospect"),
)  # fmt: skip
"""Reasons for which a record counts nowhere, by the upper bound of a draw."""
_NOT_A_PROSPECT = ("job_seeker", "supplier", "press", "competitor")


def new_group(chance: Chance, numbers: Numbers, number: int, people_left: int) -> Group:
    """The accounts under one parent, or nobody's, and their people, at most ``people_left``."""
    leg = chance.tables.legs.draw(chance.rng)
    if chance.happens(0.10):
        day = chance.lead_day()
        return Group(number, [], [new_person(chance, numbers, leg, None, day)])
    accounts: list[Account] = []
    people: list[Person] = []
    family = 1 if chance.happens(0.92) else 2 + int(2 * chance.random())
    for _ in range(family):
        if people_left <= len(people):
            break
        day = chance.lead_day()
        size = 1 + int(chance.lognormal(1.2, 0.7))
        source = chance.tables.source(leg, day, chance.rng)
        account = _new_account(chance, numbers, leg, _quality(source), day)
        if accounts:
            account.parent = accounts[0]
        accounts.append(account)
        for position in range(min(size, 9, people_left - len(people))):
            if position:
                day += int(chance.lognormal(45, 1.0))
                if day >= chance.company.end_day:
                    break
                source = chance.tables.source(leg, day, chance.rng)
                if _quality(source) < 0.1:
                    source = ("direct", None)
            person = new_person(chance, numbers, leg, account, day, source)
            account.people.append(person)
            people.append(person)
    return Group(number, accounts, people)


def new_person(
    chance: Chance, numbers: Numbers, leg: Leg, account: Account | None, day: int, source=None
) -> Person:
    """A person who became known on ``day``."""
    channel, campaign = source or chance.tables.source(leg, day, chance.rng)
    number = numbers.next("person")
    country, region, _ = chance.pick(_PLACES[leg.name])
    if account is not None:
        country, region = account.country, account.region
    if leg.name == "apac":
        given, family = chance.pick(_GIVEN_ZH), chance.pick(_FAMILY_ZH)
    else:
        given, family = chance.pick(_GIVEN), chance.pick(_FAMILY)
    is_private, free_mail = account is None or chance.happens(0.1), chance.pick(FREE_MAIL)
    if account is not None and "free_mail" not in chance.company.settings.warts:
        is_private = False
    domain = free_mail if is_private or account is None else account.domain
    email = f"demo.p{number:07d}@{domain}"
    person = Person(
        number, leg, account, given, family, email,
        f"+00 555 {number:07d}" if chance.happens(0.6) else None,
        PERSONAS[int(chance.random() ** 2 * len(PERSONAS))],
        channel, campaign, ORIGINS.get(channel, "marketing"), region, country,
        chance.tables.rep(chance.pick(_TEAMS_OF_REGION[leg.name, region]), day, chance.rng),
        chance.web_moment(leg, day),
    )  # fmt: skip
    if leg.name == "core" and person.origin == "marketing" and chance.happens(0.15):
        person.subscribed_at = person.created_at
    _plant(chance, person)
    return person


def _plant(chance: Chance, person: Person) -> None:
    """The record may be one that counts nowhere, or one nobody owns.

    The draws are the same whatever is switched on, so that a switch changes nothing else.
    """
    warts = chance.company.settings.warts
    draw, kind, unowned = chance.random(), chance.random(), chance.random()
    reason = next((reason for bound, reason in _EXCLUDED if draw < bound), None)
    if reason is not None and OF_EXCLUDED[reason] in warts:
        person.excluded_reason = reason
        if reason == "internal":
            person.email = f"demo.p{person.number:07d}@{INTERNAL_DOMAIN}"
        elif reason == "spam" and kind < 0.5:
            # No means of contact at all, instead of the mark of a bot.
            person.email = person.phone = None
        elif reason == "not_a_prospect":
            person.not_a_prospect_reason = _NOT_A_PROSPECT[int(kind * len(_NOT_A_PROSPECT))]
    if unowned < 0.02 and "missing_owner" in warts:
        person.owner = None


def _new_account(chance: Chance, numbers: Numbers, leg: Leg, quality: float, day: int) -> Account:
    number = numbers.next("account")
    country, region, currency = chance.pick(_PLACES[leg.name])
    is_junk = quality < 0.1
    employees = 5 if is_junk else max(2, int(chance.lognormal(120, 1.4)))
    industry = "education" if is_junk else chance.pick(_INDUSTRIES)
    if leg.name == "apac":
        name = f"演示{chance.pick(_WORDS_ZH)}{chance.pick(_KINDS_ZH)}有限公司 {number:06d}"
    else:
        first, second = chance.pick(_FIRST_WORDS), chance.pick(_SECOND_WORDS)
        name = f"{first} {second} (demo {number:06d})"
    return Account(
        number, leg, name, f"a{number:06d}.example", country, region, currency, employees,
        "enterprise" if employees >= 1000 else "mid_market" if employees >= 100 else "smb",
        industry,
        {
            "industry": FIT_OF_INDUSTRY.get(industry, 0.0),
            "size": None if chance.happens(0.1) else min(1.0, max(0.0, (employees - 20) / 100)),
            "region": 1.0,
            "tech": None if chance.happens(0.35) else float(chance.happens(0.6)),
        },
        chance.web_moment(leg, day) - 30 * DAY,
    )  # fmt: skip


def fit_score(account: Account | None) -> float | None:
    """0..100 by the weights of the plan; None where too little is known."""
    if account is None:
        return None
    known = {key: value for key, value in account.fit.items() if value is not None}
    if sum(ICP_WEIGHTS[key] for key in known) < 60:
        return None
    return sum(ICP_WEIGHTS[key] * value for key, value in known.items())


def quality_of(person: Person) -> float:
    """How well the person's source brings people who fit and buy; 1 is usual."""
    return _quality((person.channel, person.campaign))


def _quality(source) -> float:
    channel, campaign = source
    return campaign.quality if campaign is not None else FREE_CHANNELS[channel][1]
