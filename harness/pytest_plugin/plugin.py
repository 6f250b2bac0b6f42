"""One pytest run: begins and ends scenarios, fails them, and writes the record."""

from __future__ import annotations

import contextlib
import functools
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from harness.analysis.merge import merge_records
from harness.analysis.outcome import run_holds
from harness.capture.process import capture_of_process
from harness.capture.session import Capture
from harness.errors import ConfigurationError, PatternTimeout, RecordError
from harness.expect import TelemetryAssertionError, failure_message
from harness.invariants import all_invariants
from harness.launch.packages import telemetry_packages
from harness.model import Finding, Outcome, RunRecord, Site, Verdict
from harness.pytest_plugin import workers
from harness.pytest_plugin.late import RUN, forget_run, late_errors, properties, without_findings
from harness.pytest_plugin.launching import Launcher
from harness.pytest_plugin.policy import FailurePolicy
from harness.pytest_plugin.running import RunningScenario
from harness.pytest_plugin.scenario import ScenarioTelemetry
from harness.report import summary_lines, write_reports

if TYPE_CHECKING:
    from harness.contract import Contract
    from harness.contract.items import Waiver

_SCENARIO = pytest.StashKey[RunningScenario]()
_LAUNCHER = pytest.StashKey[Launcher]()


class TelemetryPlugin:
    """The plugin of a configured run.

    Args:
        capture: The process's capture.
        policy: Which findings fail a scenario.
        contract: What the whole run must hold.
        waivers: Besides those of the contract.
    """

    def __init__(
        self,
        config: pytest.Config,
        capture: Capture,
        policy: FailurePolicy,
        contract: Contract | None = None,
        waivers: tuple[Waiver, ...] = (),
    ) -> None:
        self.config = config
        self._contract = contract
        self._waivers = waivers
        self.capture = capture
        # Looked up once: asking the installed distributions for entry points takes milliseconds.
        self._invariants = all_invariants()
        self.outside = ScenarioTelemetry(capture, lambda: capture.owners.outside, self._invariants)
        self._policy = policy
        self._scenarios: dict[str, RunningScenario] = {}
        self._begun: pytest.Item | None = None
        self._from_workers: list[RunRecord] = []
        self._record: RunRecord | None = None
        self._written: list[str] = []

    # Scenarios

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> None:
        """Begin a scenario before the first fixture of a test that asks for telemetry.

        Fixtures of a wider scope are set up before it: what they emit belongs to no scenario.
        """
        if fixturedef.scope != "function" or self._begun is request.node:
            return
        # Not among the names: asked for by `request.getfixturevalue`, which nobody foresees.
        if "telemetry" in request.fixturenames or fixturedef.argname == "telemetry":
            self.begin(request.node)
            # Run last: finalizers go in reverse, and every other fixture's is added later.
            request.node.addfinalizer(functools.partial(self.end, request.node))

    def begin(self, item: pytest.Item) -> None:
        """Begin the scenario of a test; a test that runs again (pytest-rerunfailures) begins anew."""
        bucket = self.capture.begin(item.nodeid)
        handle = ScenarioTelemetry(self.capture, lambda: bucket, self._invariants)
        running = RunningScenario(item, handle, self._policy)
        if self._scenarios.pop(item.nodeid, None) is not None:
            item.user_properties = without_findings(item.user_properties)
        item.stash[_SCENARIO] = self._scenarios[item.nodeid] = running
        self._begun = item

    @property
    def scenario(self) -> ScenarioTelemetry:
        """The handle of the scenario that has begun."""
        return self._scenarios[next(reversed(self._scenarios))].handle

    @pytest.fixture
    def telemetry(self) -> ScenarioTelemetry:
        """The telemetry of this scenario: captured since its first fixture, and nothing of any other."""
        # Asking for another fixture, even for pytestconfig, costs each test looks at signatures.
        return self.scenario

    def launcher(self, item: pytest.Item) -> Launcher:
        """Return a launcher whose apps' output stands beside a failure of the test."""
        item.stash[_LAUNCHER] = launcher = Launcher(self.capture)
        return launcher

    def end(self, item: pytest.Item) -> None:
        """End the scenario of a test, after all its other fixtures.

        Raises:
            pytest.fail.Exception: A fixture's tear-down left something that fails the scenario.
        """
        __tracebackhide__ = True
        self._begun = None
        running = item.stash[_SCENARIO]
        running.duration_ns = time.time_ns() - running.start_ns
        self.capture.end()
        running.release()
        if running.outcome == "passed":
            self._conclude(item, running)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Fail a test whose telemetry has findings, and show them beside any other failure."""
        __tracebackhide__ = True
        running = item.stash.get(_SCENARIO, None)
        if running is not None and self.capture.leave_open():
            running.hold_what_is_open()
        try:
            result = yield
        except BaseException as error:
            self._explain(item, error)
            raise
        running = item.stash.get(_SCENARIO, None)  # it may have asked for one in its body
        if running is not None:
            self.capture.settle()
            running.hold_tasks()
            self._conclude(item, running)
        return result

    def _conclude(self, item: pytest.Item, running: RunningScenario) -> None:
        # The one frame that is not hidden: of a traceback without any, pytest says so below the message.
        telemetry, failing = running.newly_failing("passed")
        self._note(item, failing)
        if failing:
            # There is no line of the test to show: the findings carry the app's.
            raise pytest.fail.Exception(failure_message(Verdict(findings=failing), telemetry), pytrace=False)

    def _explain(self, item: pytest.Item, error: BaseException) -> None:
        running = item.stash.get(_SCENARIO, None)
        if running is None or isinstance(error, pytest.skip.Exception):
            return
        self.capture.settle()
        running.hold_tasks()
        telemetry, failing = running.newly_failing("failed")
        self._note(item, failing)
        if failing:
            text = failure_message(Verdict(findings=failing), telemetry)
            item.add_report_section("call", "telemetry", text)

    def _note(self, item: pytest.Item, findings: tuple[Finding, ...]) -> None:
        """Put findings into the JUnit file that pytest writes."""
        item.user_properties += properties(findings)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Remember each scenario's outcome, and what failed it; a subtest is reported, and raises nothing."""
        if call.excinfo and isinstance(call.excinfo.value, TelemetryAssertionError):
            self._note(item, call.excinfo.value.verdict.findings)
        report = yield
        running = item.stash.get(_SCENARIO, None)
        if running is not None:
            running.outcome = _outcome(report, running.outcome)
        launcher = item.stash.get(_LAUNCHER, None)
        if launcher is not None and report.failed:
            report.sections += launcher.sections()
        return report

    # The run

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """Flush everything, then write the record, or hand it to the controller.

        All of it before the others: pytest's JUnit file has what comes to light only now.
        """
        if not self.config.option.setuponly:  # with it, and with --setup-plan, no test is called
            self._finish(session)
        yield
        forget_run(self.config)  # now that pytest has written its cache

    def _finish(self, session: pytest.Session) -> None:
        with _printed_now(self.config):
            self.capture.finish()
        record = RunRecord(
            scenarios=tuple(running.record() for running in self._scenarios.values()),
            outside=self.outside.snapshot(),
            findings=self._policy.apply(self.outside.findings(self.outside.snapshot())),
            packages=telemetry_packages(),
        )
        if workers.is_worker(self.config):
            workers.hand_over(self.config, record)
            return
        self._record = merge_records([record, *self._from_workers])
        if self._contract is not None and not self._record.scenarios and not self._is_asked_for_whole():
            return
        if self._contract is not None or (self._waivers and self._record.scenarios):
            self._record = self._checked(self._record)
        if not _has_a_verdict(self._record):
            return
        for report in late_errors(self._record):
            if report.nodeid == RUN:
                session.testscollected += 1  # else the progress is more than 100 %
            self.config.hook.pytest_runtest_logreport(report=report)
        if not (self._write(self._record) and run_holds(self._record)):
            # What came to light after its test had ended turns the run red, too.
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED

    def _checked(self, record: RunRecord) -> RunRecord:
        """Return the record with what the contract finds; one that cannot be checked is a finding, too."""
        from harness.contract import checked_record
        from harness.invariants import known_ids

        try:
            today, known = self._policy.today, known_ids()
            return checked_record(self._contract, record, today, self._waivers, known=known)
        except PatternTimeout as error:
            file = self._contract.file if self._contract else ""
            stopped = Finding(id="pattern_timeout", signal="harness", message=str(error), site=Site(file, 1))
            return msgspec.structs.replace(record, findings=(*record.findings, stopped), contract=file)

    def _is_asked_for_whole(self) -> bool:
        """Return whether a run without a scenario fails the contract: not where some tests were meant."""
        option = self.config.option
        if option.collectonly:
            return False
        some = self.config.args_source is pytest.Config.ArgsSource.ARGS or option.keyword or option.markexpr
        return bool(option.telemetry_contract) or not some

    def _write(self, record: RunRecord) -> bool:
        try:
            files = write_reports(record, _report_dir(self.config))
        except RecordError as error:
            cure = str(error).replace("(--out DIR)", "(--telemetry-report DIR)")
            self._written = [f"no report: {cure}"]
            return False
        self._written = [f"wrote {_relative_to(file, Path.cwd())}" for file in files.values()]
        return True

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over a worker's record (pytest-xdist)."""
        self._from_workers.append(workers.record_of(node))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a few lines about the run's telemetry."""
        if self._record is None or not _has_a_verdict(self._record):
            return
        terminalreporter.section("telemetry")
        for line in summary_lines(self._record):
            terminalreporter.write_line(line)
        for line in self._written:
            terminalreporter.write_line(line)

    def pytest_unconfigure(self) -> None:
        """Put the environment back; receivers stay until exit, for exporters that flush there."""
        self.capture.restore_environment()


@contextlib.contextmanager
def _printed_now(config: pytest.Config) -> Iterator[None]:
    """Print what is printed meanwhile before pytest's summary.

    An exporter that was made in a test prints where pytest reads, and pytest shows the rest of that last.
    """
    capturing = config.pluginmanager.getplugin("capturemanager")
    # Asked for by its own name: what it says of itself does not change when it has stopped.
    if getattr(capturing, "_global_capturing", None) is None:
        yield
        return
    capturing.resume_global_capture()
    try:
        yield
    finally:
        capturing.suspend_global_capture()
        out, err = capturing.read_global_capture()
        sys.stdout.write(out and f"\n{out}")  # below the dots
        sys.stderr.write(err)


def _has_a_verdict(record: RunRecord) -> bool:
    """Return whether anything was to hold: what is found outside every scenario fails no run without one."""
    return bool(record.scenarios or record.contract) or workers.is_lost(record)


def _outcome(report: pytest.TestReport, before: Outcome) -> Outcome:
    """Return a scenario's outcome after one phase of its test, or one of its subtests."""
    if report.failed:
        return "failed" if report.when == "call" else "error"
    if before == "failed":
        return before  # in a subtest: the test's own call went on and passed
    if report.skipped:
        return "xfailed" if hasattr(report, "wasxfail") else "skipped"
    return "passed" if report.when == "call" else before


def start(config: pytest.Config) -> TelemetryPlugin:
    """Start the capture that the ini file asks for.

    Raises:
        pytest.UsageError: An ini value cannot be used.
    """
    try:
        timeout = _seconds(config.getini("telemetry_settle_timeout"))
        contract, waivers = _contract(config), _waivers(config.rootpath / "pyproject.toml")
        all_waivers = (*contract.waivers, *waivers) if contract else waivers
        policy = FailurePolicy(config.getini("telemetry_fail_on"), all_waivers)
        _require_directory(_report_dir(config))
        capture = capture_of_process(tuple(config.getini("telemetry_channels")), settle_timeout_s=timeout)
    except ConfigurationError as error:
        raise pytest.UsageError(f"telemetry: {error}") from error
    return TelemetryPlugin(config, capture, policy, contract, waivers)


def _contract(config: pytest.Config) -> Contract | None:
    # Known before the options are parsed, as the capture must be.
    option, ini = config.known_args_namespace.telemetry_contract, config.getini("telemetry_contract")
    if option == "":
        raise ConfigurationError("--telemetry-contract is empty; give a contract, or leave it out")
    if not (option or ini):
        return None
    from harness.contract import load_contract  # most runs have none

    path = _path_of(config, option, ini)
    return load_contract(path, shown=_relative_to(path, config.rootpath))


def _waivers(file: Path) -> tuple[Waiver, ...]:
    if not file.exists() or b"telemetry-harness" not in file.read_bytes():
        return ()
    from harness.contract import read_waivers

    return read_waivers(file)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ConfigurationError(f"telemetry_settle_timeout is {text!r}; expected seconds, for example 2.0")
    return value


def _relative_to(path: Path, root: Path) -> str:
    """Return a path below a root as relative to it, and any other as it is."""
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _report_dir(config: pytest.Config) -> Path:
    option = config.known_args_namespace.telemetry_report
    if option == "":
        raise ConfigurationError("--telemetry-report is empty; give a directory, or leave it out")
    return _path_of(config, option, config.getini("telemetry_report_dir"))


def _require_directory(path: Path) -> None:
    """Refuse before the first test what no report could be written into after the last."""
    there = next(part for part in (path, *path.parents) if part.exists())
    try:
        tempfile.TemporaryFile(dir=there).close()  # `os.access` lets root write anywhere, into /proc too
    except OSError as error:
        raise ConfigurationError(
            f"reports cannot be written into {path}: {there} is no directory that can be written to;"
            " name another one (--telemetry-report DIR)"
        ) from error


def _path_of(config: pytest.Config, option: str | None, ini: str) -> Path:
    """Return what a shell means by an option, and what the ini file means by its own value."""
    return config.invocation_params.dir / option if option else config.rootpath / ini
