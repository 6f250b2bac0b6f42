"""The pytest plugin: nothing happens until `telemetry_channels` is configured.

This module is imported by every pytest run in which the distribution is
installed, so it imports nothing of the harness at module level.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from harness.pytest_plugin.launching import Launcher
    from harness.pytest_plugin.plugin import TelemetryPlugin
    from harness.pytest_plugin.scenario import ScenarioTelemetry

_FIXTURES = frozenset({"telemetry", "session_telemetry", "launch"})
PLUGIN_NAME = "telemetry-harness-run"
_CONFIGURE = (
    "set telemetry_channels in pytest's configuration, "
    'for example telemetry_channels = ["otel"] under [tool.pytest.ini_options]'
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini values and options."""
    group = parser.getgroup("telemetry", "telemetry harness")
    group.addoption(
        "--telemetry-report",
        metavar="DIR",
        help="directory for run.json and index.html (default: ini telemetry_report_dir, 'reports')",
    )
    group.addoption(
        "--telemetry-contract",
        metavar="FILE",
        help="check the whole run against a contract (default: ini telemetry_contract, none)",
    )
    group.addoption("--no-telemetry", action="store_true", help="capture nothing, whatever the ini file says")
    parser.addini("telemetry_channels", "what to capture: otel, xray, cloudwatch", type="args", default=[])
    parser.addini("telemetry_report_dir", "where runs write their record and report", default="reports")
    parser.addini("telemetry_contract", "a *.contract.yaml that every run is checked against", default="")
    parser.addini(
        "telemetry_settle_timeout", "seconds to wait for telemetry that is open or in flight", default="2.0"
    )
    parser.addini(
        "telemetry_fail_on",
        "levels (error, warning, info) or finding ids that fail a scenario",
        type="args",
        default=["error"],
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start the capture before any conftest can import the app.

    Raises:
        pytest.UsageError: What is configured cannot be used, or an option of ours says what to do and
            nothing is captured.
    """
    if early_config.known_args_namespace.no_telemetry:
        early_config.pluginmanager.register(_SwitchedOff())
        return
    if not early_config.getini("telemetry_channels"):
        _refuse_options(early_config)
        return
    from harness.collection import no_collection

    with no_collection():  # modules stay, some two hundred of them
        from harness.pytest_plugin.plugin import start

        plugin = start(early_config)
    early_config.pluginmanager.register(plugin, PLUGIN_NAME)


def _refuse_options(config: pytest.Config) -> None:
    given = config.invocation_params
    for option in ("telemetry_contract", "telemetry_report"):
        if getattr(config.known_args_namespace, option) is None:
            continue
        name = f"--{option.replace('_', '-')}"
        cure = _CONFIGURE
        if name in given.args and config.rootpath != given.dir:
            # pytest looks for its configuration before it knows the options of plugins.
            cure += (
                f"; if it is set, write {name}=…: behind a space pytest takes the value for a path to tests,"
                f" and looked for its configuration in {config.rootpath}"
            )
        raise pytest.UsageError(f"telemetry: {name} was given and nothing is captured: {cure}")


class _SwitchedOff:
    """What skips scenarios before any fixture of theirs."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if _FIXTURES.intersection(getattr(item, "fixturenames", ())):
            _skip()


def _skip() -> NoReturn:
    pytest.skip("--no-telemetry was given: this test asserts telemetry")


def _plugin(config: pytest.Config) -> TelemetryPlugin:
    if config.getoption("--no-telemetry"):
        _skip()  # asked for by name, in a test's body
    plugin: TelemetryPlugin | None = config.pluginmanager.get_plugin(PLUGIN_NAME)
    if plugin is None:
        pytest.fail(
            f"telemetry is not captured: {_CONFIGURE}",
            pytrace=False,
        )
    return plugin


@pytest.fixture
def telemetry(pytestconfig: pytest.Config) -> ScenarioTelemetry:
    """The telemetry of this scenario: captured since its first fixture, and nothing of any other."""
    # Of a run that captures nothing: in others the plugin has a fixture of this name.
    return _plugin(pytestconfig).scenario


@pytest.fixture
def launch(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    """Starts apps as processes of their own that send their telemetry here; stopped with the test."""
    launcher = _plugin(request.config).launcher(request.node)
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def session_telemetry(request: pytest.FixtureRequest) -> ScenarioTelemetry:
    """The telemetry that belongs to no scenario: what the app emits while it starts."""
    return _plugin(request.config).outside
