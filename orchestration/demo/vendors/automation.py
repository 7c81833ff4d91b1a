"""The marketing automation: forms, clicks and replies of people, as a log of its own.

Who came to webinars and events stands in the lists of attendees alone.
"""

from __future__ import annotations

from orchestration.demo.clock import iso_minute
from orchestration.demo.files import Exports
from orchestration.demo.vendors.ids import person_key
from orchestration.demo.world import ATTENDED, Group


class Automation:
    """Follows the event log and writes an interaction a row, in UTC."""

    def __init__(self, exports: Exports) -> None:
        self._interactions = exports.table(
            "automation/interactions.csv",
            ("Interaction ID", "Contact", "Interacted at", "Type", "Channel", "Campaign"),
        )

    def add(self, group: Group) -> None:
        for person in group.people:
            for touch in person.touches:
                if touch.kind not in ATTENDED:
                    self._interactions.writerow([
                        touch.touch_id, person_key(person), iso_minute(touch.at), touch.kind,
                        touch.channel, touch.campaign.name if touch.campaign is not None else "",
                    ])  # fmt: skip

    def close(self) -> None:
        """Nothing is kept back."""
