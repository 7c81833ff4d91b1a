"""The one resource: where a run reads and writes."""

import dagster as dg
from pydantic import Field

from orchestration.settings import Settings


class SettingsResource(dg.ConfigurableResource):
    """Overrides for one launch; what is left empty comes from the environment at run time."""

    home: str | None = Field(default=None, description="Folder of everything a run writes.")
    exports: str | None = Field(default=None, description="Folder the exports are read from.")
    config: str | None = Field(default=None, description="Mapping file of the exports.")

    def load(self) -> Settings:
        """The settings of this run."""
        return Settings.load(home=self.home, exports=self.exports, config=self.config)


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={"settings": SettingsResource()}, executor=dg.in_process_executor
    )
