"""Everything the demo company exports, each system in the form its vendor writes.

A recorder writes its rows as the groups come, or counts them by day and writes at the end; none
keeps people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.demo.company import Company
from orchestration.demo.files import Exports, Planted
from orchestration.demo.mapping import write_mapping
from orchestration.demo.traffic import DailyLeads
from orchestration.demo.vendors.ads import Ads
from orchestration.demo.vendors.automation import Automation
from orchestration.demo.vendors.email import Email
from orchestration.demo.vendors.feedback import Feedback
from orchestration.demo.vendors.finance import Finance
from orchestration.demo.vendors.hubspot import HubSpot
from orchestration.demo.vendors.pipedrive import Pipedrive
from orchestration.demo.vendors.planning import Planning
from orchestration.demo.vendors.salesforce import Salesforce
from orchestration.demo.vendors.web import Web
from orchestration.demo.vendors.zendesk_sell import ZendeskSell

if TYPE_CHECKING:
    from orchestration.demo import Recorder


def vendors(company: Company, exports: Exports, planted: Planted) -> list[Recorder]:
    """One recorder per system; each writes its own files and notes the defects it plants.

    The mapping that reads them is written at once.
    """
    write_mapping(company, exports)
    # Counted to the end before the others write.
    leads = DailyLeads(company)
    return [
        HubSpot(company, exports, planted),
        Salesforce(company, exports, planted),
        ZendeskSell(company, exports, planted),
        Pipedrive(company, exports, planted),
        leads,
        Ads(company, exports, planted, leads),
        Web(company, exports, leads),
        Email(company, exports, leads),
        Automation(exports),
        Finance(company, exports, planted),
        Feedback(exports),
        Planning(company, exports),
    ]
