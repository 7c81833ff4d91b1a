"""The mapping file that goes with a demo company's exports."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestration.demo.company import Company
from orchestration.demo.files import Exports

TEMPLATE = Path(__file__).with_name("exports.yaml")
"""A mapping as it stands: of a demo company without defects."""


def write_mapping(company: Company, exports: Exports) -> None:
    """Write ``exports.yaml`` into the folder of exports.

    The only encodings the template states are those of the Chinese lists, which a wart changes.
    """
    as_of = datetime.fromtimestamp(company.as_of, UTC).astimezone(ZoneInfo(company.zone_name))
    text = TEMPLATE.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^as_of: .*$", f"as_of: {as_of.isoformat()}", text)
    if "gb18030" in company.settings.warts:
        text = re.sub(r"(?m)^( +encoding: )utf-8$", r"\1gb18030", text)
    exports.text(TEMPLATE.name).write(text)
