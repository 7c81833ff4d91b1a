"""Survey answers and reviews, with the day on which marketing had tagged them."""

from __future__ import annotations

from orchestration.demo.clock import iso_day
from orchestration.demo.files import Exports
from orchestration.demo.vendors.ids import account_key, person_key
from orchestration.demo.world import Group, Response

_SURVEY = (
    "Response ID", "Survey", "Wave", "Sent at", "Delivered", "Responded at", "Score", "Comment",
    "Email", "CRM contact", "CRM account", "Tagged at",
)  # fmt: skip
_FILES = {"nps": "feedback/survey_nps.csv", "csat": "feedback/survey_csat.csv"}
_SURVEYS = {"nps": "Relationship NPS", "csat": "Onboarding satisfaction"}


class Feedback:
    """The survey tool and the review site, written as the groups come."""

    def __init__(self, exports: Exports) -> None:
        self._surveys = {kind: exports.table(name, _SURVEY) for kind, name in _FILES.items()}
        self._reviews = exports.table(
            "feedback/reviews.csv",
            (
                "Review ID", "Site", "Published", "Rating", "Rating scale", "Review", "Company",
                "CRM account", "Tagged at",
            ),
        )  # fmt: skip

    def add(self, group: Group) -> None:
        for account in group.accounts:
            for response in account.responses:
                if response.kind != "review":
                    self._answer(response)
                elif response.responded_day is not None:
                    self._reviews.writerow([
                        f"RV-{response.number:07d}", "demo-reviews.example",
                        iso_day(response.responded_day), _score(response), 5, response.comment,
                        account.name, account_key(account), _day(response.routed_day),
                    ])  # fmt: skip

    def close(self) -> None:
        """Nothing to finish."""

    def _answer(self, response: Response) -> None:
        self._surveys[response.kind].writerow([
            f"SR-{response.number:07d}", _SURVEYS[response.kind], response.wave,
            iso_day(response.invited_day), "true" if response.is_delivered else "false",
            _day(response.responded_day), _score(response), response.comment,
            response.person.email or "", person_key(response.person),
            account_key(response.account), _day(response.routed_day),
        ])  # fmt: skip


def _day(day: int | None) -> str:
    return "" if day is None else iso_day(day)


def _score(response: Response) -> str:
    """A question left blank has no score."""
    return "" if response.score is None else str(response.score)
