"""The demo company's exports, each as its vendor writes it.

Each module is one kind of system. A recorder writes its rows as the groups come, or counts them
by day and writes at the end; none keeps people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.demo.company import Company
from orchestration.demo.files import Exports, Planted
from orchestration.demo.traffic import DailyLeads
from orchestration.demo.vendors.ads import Ads
from orchestration.demo.vendors.email import Email
from orchestration.demo.vendors.feedback import Feedback
from orchestration.demo.vendors.finance import Finance
from orchestration.demo.vendors.planning import Planning
from orchestration.demo.vendors.web import Web

if TYPE_CHECKING:
    from orchestration.demo import Recorder


def vendors(company: Company, exports: Exports, planted: Planted) -> list[Recorder]:
    """A recorder for each system the company exports from."""
    # Counted before the others close.
    leads = DailyLeads(company)
    return [
        leads,
        Ads(company, exports, planted, leads),
        Web(company, exports, leads),
        Email(company, exports, leads),
        Finance(company, exports, planted),
        Feedback(exports),
        Planning(company, exports),
    ]
