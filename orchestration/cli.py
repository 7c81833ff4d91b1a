"""`smarketing`: a thin door to the functions that Dagster runs."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import click

from orchestration import publication
from orchestration.demo.warts import ALL_WARTS, WARTS
from orchestration.exports.errors import ExportError, nearest
from orchestration.settings import PROJECT_ROOT, SETTINGS, Settings
from orchestration.transformation import TransformationError

EXPECTED = (ExportError, TransformationError, publication.PublicationError)
"""Errors whose message says it all; anything else shows where it came from."""

_ENVIRONMENT = "\n".join(f"  {s.variable}: {s.help}" for s in SETTINGS)


@click.group(epilog="Settings come from the environment:\n\n\b\n" + _ENVIRONMENT)
def main() -> None:
    """Exports of sales and marketing to validated, published marts."""


def _home_option(command: Any) -> Any:
    return click.option("--home", type=click.Path(path_type=Path), help="SMARKETING_HOME")(command)


@main.command()
@click.option("--exports", type=click.Path(path_type=Path), help="SMARKETING_EXPORTS")
@click.option("--config", type=click.Path(path_type=Path), help="SMARKETING_CONFIG")
@_home_option
@click.option("--force", is_flag=True, help="Run although nothing is new.")
def run(exports: Path | None, config: Path | None, home: Path | None, force: bool) -> None:
    """Read the exports, build and validate the marts, publish them."""
    started = time.monotonic()
    settings = Settings.load(home=home, exports=exports, config=config)
    settings.home.mkdir(parents=True, exist_ok=True)
    _show_progress()
    from orchestration import pipeline

    try:
        if not force and pipeline.is_up_to_date(settings):
            click.echo("Nothing new: no export, mapping or definition has changed.")
            click.echo(_places(settings))
            return
        _execute(settings)
    except EXPECTED as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(1)
    click.echo(f"Done in {time.monotonic() - started:.0f} s.")
    click.echo(_places(settings))


@main.command()
@_home_option
def versions(home: Path | None) -> None:
    """List the published versions, newest first."""
    for version in publication.versions(Settings.load(home=home)):
        mark = "*" if version.is_current else " "
        totals = version.manifest["check_totals"]
        click.echo(
            f"{mark} {version.version_id}  as of {version.manifest['as_of']}  "
            f"{totals['passed']} passed, {totals['warned']} warned"
        )


@main.command()
@click.argument("version_id", required=False)
@_home_option
def rollback(version_id: str | None, home: Path | None) -> None:
    """Show readers VERSION_ID again, or the version before the current one."""
    try:
        version = publication.rollback(Settings.load(home=home), version_id)
    except publication.PublicationError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(1)
    click.echo(f"Readers now see {version.version_id}.")


@main.command()
@click.option("--people", type=click.IntRange(1), default=6000, show_default=True)
@click.option("--months", type=click.IntRange(3, 96), default=30, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
@click.option(
    "--warts",
    default="all",
    show_default=True,
    help=f"Planted defects: all, none, or some of {', '.join(WARTS)}.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
def demo(people: int, months: int, seed: int, warts: str, out: Path) -> None:
    """Write the exports of a made-up company, of any size, with the truth beside them."""
    from orchestration.demo import DemoSettings, write_demo

    started = time.monotonic()
    named = frozenset(word.strip() for word in warts.split(","))
    words = {"all": ALL_WARTS, "none": frozenset[str]()}.get(warts, named)
    if unknown := sorted(words - ALL_WARTS):
        raise click.BadParameter(
            f"{', '.join(unknown)}: not a defect this company can have; "
            f"{nearest(unknown[0], ALL_WARTS)}",
            param_hint="--warts",
        )
    try:
        about = write_demo(DemoSettings(people, months, seed, words), out.resolve())
    except FileExistsError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(1)
    planted = sum(about["planted"].values())
    click.echo(
        f"{people:,} people over {months} months, {planted:,} planted defects, written in "
        f"{time.monotonic() - started:.0f} s.\n"
        f"  exports  {out / 'exports'}\n"
        f"  truth    {out / 'truth'}\n"
        f"  next     smarketing run --exports {out / 'exports'} --home {out / 'home'}"
    )


@main.group(invoke_without_command=True)
@click.option("--markdown", is_flag=True, help="As docs/sources.md.")
@click.pass_context
def sources(context: click.Context, markdown: bool) -> None:
    """List the systems whose exports are read without a mapping of their own."""
    if context.invoked_subcommand is None:
        from orchestration.exports import source_docs

        lines = source_docs.listed()
        click.echo(source_docs.markdown() if markdown else "\n".join(lines), nl=not markdown)


@sources.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--config", type=click.Path(path_type=Path), help="SMARKETING_CONFIG")
@_home_option
def check(file: Path, config: Path | None, home: Path | None) -> None:
    """Say which reader takes FILE, what it maps and what could not be read."""
    from tempfile import TemporaryDirectory

    from orchestration.exports.checking import check_file, describe
    from orchestration.exports.mapping import load_mapping

    settings = Settings.load(home=home, config=config)
    try:
        mapping = load_mapping(settings.config) if config or settings.config.is_file() else None
    except ExportError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(1)
    with TemporaryDirectory() as scratch:
        found = check_file(file.resolve(), mapping, settings.config.parent, Path(scratch))
    for one in found:
        for line in describe(one):
            click.echo(line)
    sys.exit(0 if any(one.claim for one in found) else 1)


@sources.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
def template(out: Path) -> None:
    """Write OUT.xlsx, the planning workbook to fill: targets, quotas, rates, rules and so on."""
    from orchestration.exports.planning_template import sheets, write_template

    if out.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"{out.name} must end in .xlsx", param_hint="OUT")
    try:
        write_template(out)
    except OSError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(1)
    click.echo(f"Written {out} with the sheets {', '.join(name for name, *_ in sheets())}.")


@main.command()
@click.option("--port", default=3000, show_default=True)
@_home_option
def ui(port: int, home: Path | None) -> None:
    """Open the Dagster UI on this machine."""
    settings = Settings.load(home=home)
    environment = {**os.environ, **_environment(settings)}
    _prepare_dagster_home(settings)
    dagster = Path(sys.executable).parent / "dagster"
    command = [
        "dev",
        "-w",
        str(PROJECT_ROOT / "workspace.yaml"),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    os.chdir(PROJECT_ROOT)
    os.execve(dagster, [str(dagster), *command], environment)


def _places(settings: Settings) -> str:
    """What readers have now and where to open it."""
    manifest = publication.current_manifest(settings)
    assert manifest is not None
    totals = manifest["check_totals"]
    current = settings.published / "current"
    return (
        f"Version {manifest['version_id']} of {manifest['company']}, as of {manifest['as_of']}: "
        f"{totals['passed']} checks passed, {totals['warned']} warned, {totals['failed']} failed.\n"
        f"  data docs  {current / 'docs' / 'index.html'}\n"
        f"  marts      {current / 'analytics.duckdb'}\n"
        f"  Dagster    smarketing ui"
    )


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "SMARKETING_HOME": str(settings.home),
        "SMARKETING_EXPORTS": str(settings.exports),
        "SMARKETING_CONFIG": str(settings.config),
        "DAGSTER_HOME": str(settings.dagster_home),
    }


def _prepare_dagster_home(settings: Settings) -> None:
    """Two processes that initialise one fresh Dagster home corrupt it for good: one at a time."""
    from filelock import FileLock

    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.home / "dagster.lock"):
        target = settings.dagster_home / "dagster.yaml"
        if not target.exists():
            shutil.copyfile(Path(__file__).parent / "dagster.yaml", target)
        import dagster as dg

        with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
            instance.get_runs_count()


def _execute(settings: Settings) -> None:
    """The main job in this process, recorded in the home's Dagster instance."""
    os.environ.update(_environment(settings))
    _prepare_dagster_home(settings)
    import dagster as dg

    from orchestration.definitions import defs

    with dg.DagsterInstance.get() as instance:
        job = defs().resolve_job_def("refresh")
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=True,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        assert result.success


class _Progress(logging.Handler):
    """Phases stay on the screen; the step at work is one line that overwrites itself."""

    def emit(self, record: logging.LogRecord) -> None:
        tty = sys.stderr.isatty()
        if record.levelno >= logging.INFO:
            click.echo(("\r\x1b[K" if tty else "") + record.getMessage(), err=True)
        elif tty:
            click.echo(f"\r\x1b[K{record.getMessage()[:78]}", err=True, nl=False)


def _show_progress() -> None:
    logger = logging.getLogger("smarketing")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(_Progress())
    logger.propagate = False
