"""The X-Ray channel in this process, through the fixture that users have."""

import http.client
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.recorder import AWSXRayRecorder
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler

from harness import (
    ScenarioTelemetry,
    TelemetryAssertionError,
    export_request,
    regex,
    segment,
    span,
    subsegment,
)
from harness.codec.xray import HEADER
from harness.model import Level, Segment


@pytest.fixture
def recorder() -> Iterator[Any]:
    service = xray_recorder.service
    yield xray_recorder
    xray_recorder.service = service
    xray_recorder.clear_trace_entities()


def send(payload: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(payload, (xray_recorder.emitter.ip, xray_recorder.emitter.port))


def test_a_segment_with_all_its_parts(telemetry: ScenarioTelemetry, recorder: Any) -> None:
    with recorder.in_segment("service") as begun:
        begun.put_annotation("user", "andrew")
        with recorder.in_subsegment("work", namespace="remote") as work:
            work.put_metadata("key", {"n": 1}, "space")

    telemetry.expect(
        segment("service", annotations={"user": "andrew"}).with_subsegment(
            subsegment("work", namespace="remote", metadata={"space": {"key": {"n": 1}}})
        )
    )
    found = telemetry.segment(segment("service"))
    assert found.site is not None
    assert found.site.file == "tests/capture/test_xray_channel.py"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_a_document_that_is_no_json_is_told_with_the_line_that_began_it(
    telemetry: ScenarioTelemetry, recorder: Any, value: Any
) -> None:
    with recorder.in_segment("shop") as begun:
        begun.put_metadata("ratio", value)

    (rejected,) = telemetry.rejected
    assert rejected.reason.startswith("segment 'shop': document ")
    telemetry.expect_finding("input_rejected", at="tests/capture/test_xray_channel.py:62", count=1)


def test_subsegments_sent_before_their_segment_are_joined(
    telemetry: ScenarioTelemetry, recorder: Any
) -> None:
    with recorder.in_segment("large"):
        for number in range(100):  # more than the SDK's threshold of 30
            with recorder.in_subsegment(f"part {number}"):
                pass

    found = telemetry.segment(segment("large"))
    assert [child.name for child in found.subsegments] == [f"part {number}" for number in range(100)]


def test_the_client_that_polls_rules_is_made_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    create_client = botocore.session.Session.create_client

    def counted(session: Any, service: str, *args: Any, **kwargs: Any) -> Any:
        made.append(service)
        return create_client(session, service, *args, **kwargs)

    monkeypatch.setattr(botocore.session.Session, "create_client", counted)
    recorder = AWSXRayRecorder()
    recorder.configure(service="other")
    assert made == []

    rules = recorder.sampler._connector.fetch_sampling_rules()
    recorder.emitter._socket.close()  # the SDK never does

    assert made == ["xray"]
    assert [rule.name for rule in rules] == ["Default"]


def test_an_open_subsegment_holds_its_segment_back(telemetry: ScenarioTelemetry, recorder: Any) -> None:
    recorder.begin_segment("waiting")
    recorder.begin_subsegment("open")
    recorder.end_segment()

    assert telemetry.segments == ()
    (unfinished,) = telemetry.unfinished
    assert (unfinished.name, unfinished.ended) == ("waiting", True)
    assert [child.name for child in unfinished.waits_for] == ["open"]
    telemetry.expect_finding("segment_unfinished", count=1)


def test_streamed_subsegments_are_no_findings_beside_their_open_segment(
    telemetry: ScenarioTelemetry, recorder: Any
) -> None:
    recorder.begin_segment("large")
    recorder.begin_subsegment("forgotten")
    line = sys._getframe().f_lineno - 1
    for number in range(100):  # more than the SDK's threshold of 30
        with recorder.in_subsegment(f"part {number}"):
            pass
    recorder.end_segment()

    (found,) = telemetry.expect_finding("segment_unfinished", at=f"test_xray_channel.py:{line}")
    (orphans,) = (incident for incident in telemetry.incidents if incident.id == "subsegment_orphaned")
    streamed = orphans.context["count"]
    assert streamed > 30
    assert found.message.partition("; end the subsegment, ")[2] == (
        f"or use `with xray_recorder.in_subsegment(…)`; {streamed} subsegments ('part 0', 'part 1', 'part 2' "
        f"and {streamed - 3} more) were sent alone and stay without it"
    )
    telemetry.expect_finding("subsegment_orphaned", count=0)


def test_what_one_scenario_leaves_open_does_not_hang_below_the_next(
    telemetry: ScenarioTelemetry, recorder: Any
) -> None:
    """Runs after the one above in some orders, and before it in others; both must pass."""
    with recorder.in_segment("clean"):
        pass

    telemetry.expect_count(1, segment(regex(".")))
    assert telemetry.unfinished == ()


def test_a_replaced_segment_is_reported(telemetry: ScenarioTelemetry, recorder: Any) -> None:
    recorder.begin_segment("first")
    with recorder.in_segment("second"):
        pass

    (found,) = telemetry.expect_finding("segment_replaced", at="test_xray_channel.py", count=1)
    assert found.message.startswith("segment 'second' was begun while segment 'first' (tests/capture/")
    telemetry.expect(segment("second"))


def test_a_call_without_a_segment_is_reported_with_its_line(
    telemetry: ScenarioTelemetry, recorder: Any
) -> None:
    with recorder.in_subsegment("lost") as nothing:
        assert nothing is None

    findings = telemetry.expect_finding("context_missing", at="test_xray_channel.py")
    assert findings[0].message.startswith("the X-Ray SDK was called with no segment open")


def test_a_thread_does_not_inherit_the_segment(telemetry: ScenarioTelemetry, recorder: Any) -> None:
    with recorder.in_segment("main"):
        thread = threading.Thread(target=lambda: recorder.begin_subsegment("in thread"))
        thread.start()
        thread.join()

    telemetry.expect_finding("context_missing", at="test_xray_channel.py")
    telemetry.expect_none(subsegment("in thread"))


@pytest.mark.parametrize(("key", "value"), [("a.b", 1), ("ok", [1]), (3, "x")])
def test_a_dropped_annotation_is_reported(
    telemetry: ScenarioTelemetry, recorder: Any, key: object, value: object
) -> None:
    with recorder.in_segment("service"):
        recorder.put_annotation(key, value)

    (found,) = telemetry.expect_finding("annotation_dropped", at="test_xray_channel.py", count=1)
    assert found.message == (
        f"annotation {key!r}={value!r} was dropped: keys are letters, digits and _, "
        "values str, int, float or bool"
    )


@pytest.mark.parametrize("value", [["andrew", "worf"], None])
def test_an_annotation_dropped_where_there_was_one_is_reported(
    telemetry: ScenarioTelemetry, recorder: Any, value: object
) -> None:
    with recorder.in_segment("service"):
        recorder.put_annotation("user", "andrew")
        recorder.put_annotation("user", value)

    telemetry.expect_finding("annotation_dropped", count=1)
    telemetry.expect(segment("service", annotations={"user": "andrew"}))


def test_dropped_metadata_is_reported(telemetry: ScenarioTelemetry, recorder: Any) -> None:
    with recorder.in_segment("service"):
        recorder.put_metadata("key", 1, "AWS.mine")

    telemetry.expect_finding("metadata_dropped", at="test_xray_channel.py", count=1)


def test_a_changed_name_is_reported(telemetry: ScenarioTelemetry, recorder: Any) -> None:
    with recorder.in_segment("what?"):
        pass

    (found,) = telemetry.expect_finding("name_changed", count=1)
    assert found.message.startswith("'what?' was begun and 'what' is sent")


def test_a_document_too_large_to_send_is_reported(telemetry: ScenarioTelemetry, recorder: Any) -> None:
    with recorder.in_segment("huge") as begun:
        begun.put_metadata("key", "x" * 70_000)

    (found,) = telemetry.expect_finding("document_not_sent", at="test_xray_channel.py", count=1)
    assert found.message.startswith("the document of 'huge', 70")
    assert (found.where, found.trace_id) == ("huge", begun.trace_id)
    assert telemetry.unfinished == ()
    assert "UDP carries at most 65507" in found.message
    telemetry.expect_none(segment("huge"))


def test_datagrams_that_cannot_be_decoded_are_evidence(telemetry: ScenarioTelemetry) -> None:
    bad = [
        b"no newline",
        b'{"format":"json","version":2}\n{}',
        HEADER + b"{}",
        HEADER + b"\xff\xfe",
        HEADER,
    ]
    for payload in bad:
        send(payload)

    assert [item.payload for item in telemetry.rejected] == bad
    assert {item.channel for item in telemetry.rejected} == {"xray"}
    telemetry.expect_finding("input_rejected", count=len(bad))


def test_duplicates_and_another_process_are_one_segment_each(telemetry: ScenarioTelemetry) -> None:
    template = (
        b'{"id":"%b","name":"other","trace_id":"1-5759e988-bd862e3fe1be46a994272799","start_time":1,%b}'
    )
    ends = ((b"a", b'"in_progress":true'), (b"a", b'"end_time":2'), (b"b", b'"end_time":2'))
    datagrams = [HEADER + template % (identity * 16, end) for identity, end in ends]
    for datagram in (*datagrams, *datagrams):
        send(datagram)

    assert [(found.id, found.end_time) for found in telemetry.segments] == [("a" * 16, 2.0), ("b" * 16, 2.0)]
    assert all(isinstance(found, Segment) and found.site is None for found in telemetry.segments)
    assert [(again.payload, again.duplicate) for again in telemetry.rejected] == [
        (d, True) for d in datagrams
    ]
    assert (
        telemetry.rejected[1].reason
        == "segment 'other' (aaaaaaaaaaaaaaaa) came again, byte for byte; it is kept once"
    )
    (finding, *_) = telemetry.expect_finding("input_rejected", count=3)
    assert finding.level is Level.WARNING


def test_everything_is_sampled_whatever_the_app_configures(
    telemetry: ScenarioTelemetry, recorder: Any
) -> None:
    nothing = {"version": 2, "default": {"fixed_target": 0, "rate": 0}, "rules": []}
    before = recorder.sampler
    try:
        recorder.configure(service="s", sampling=True, sampler=LocalSampler(nothing))
        for _ in range(5):
            with recorder.in_segment("sampled"):
                pass
    finally:
        recorder.configure(sampler=before)

    telemetry.expect_count(5, segment("sampled"))


def test_a_missing_segment_that_was_not_sampled_says_so(telemetry: ScenarioTelemetry, recorder: Any) -> None:
    recorder.begin_segment("skipped", sampling=0)
    line = test_a_missing_segment_that_was_not_sampled_says_so.__code__.co_firstlineno + 1
    with recorder.in_subsegment("part"):
        pass
    recorder.end_segment()

    with pytest.raises(TelemetryAssertionError) as caught:
        telemetry.expect(segment("skipped"), subsegment("part"))

    why = "by its trace header (Sampled=0), by begin_segment(sampling=0) or by the scenario's sampling rules"
    places = [f"(tests/capture/test_xray_channel.py:{number})" for number in (line, line + 2)]
    assert [finding.message for finding in caught.value.verdict.findings] == [
        f"no segment 'skipped' was captured; started and not sampled: segment 'skipped' {places[0]}, {why}",
        f"no subsegment 'part' was captured; started and not sampled: subsegment 'part' {places[1]}, {why}",
    ]


def test_what_sdks_report_about_sampling_is_the_scenarios(telemetry: ScenarioTelemetry) -> None:
    document = (
        b'{"RuleName":"Default","ClientID":"%b","RequestCount":9,"SampledCount":3,"BorrowCount":1,'
        b'"Timestamp":1}' % (b"a" * 24)
    )
    connection = http.client.HTTPConnection(xray_recorder.emitter.ip, xray_recorder.emitter.port, timeout=10)
    connection.request("POST", "/SamplingTargets", b'{"SamplingStatisticsDocuments":[%b]}' % document)
    assert connection.getresponse().status == 200
    connection.close()

    (statistics,) = telemetry.sampling_statistics
    assert (statistics.rule_name, statistics.client_id) == ("Default", "a" * 24)
    assert (statistics.request_count, statistics.sampled_count, statistics.borrow_count) == (9, 3, 1)
    telemetry.expect(export_request("/SamplingTargets", channel="xray"))


@pytest.mark.parametrize("expectation", [span("service"), subsegment("service"), "service"])
def test_a_reading_takes_what_it_returns(telemetry: ScenarioTelemetry, expectation: Any) -> None:
    with pytest.raises(TypeError) as refused:
        telemetry.segment(expectation)

    assert str(refused.value) == f"segment: expected segment(…), {expectation!r} given"


def test_an_empty_datagram_is_ignored_as_the_daemon_does(telemetry: ScenarioTelemetry) -> None:
    before = telemetry.daemon_counters
    send(b"")
    send(b"no newline")

    (rejected,) = telemetry.rejected
    assert rejected.payload == b"no newline"
    after = telemetry.daemon_counters
    assert (after.received - before.received, after.rejected - before.rejected) == (1, 1)
    telemetry.expect_finding("input_rejected", count=1)


def test_the_daemon_counts_what_becomes_of_datagrams(telemetry: ScenarioTelemetry) -> None:
    before = telemetry.daemon_counters
    send(HEADER + b"{}")
    send(
        HEADER + b'{"id":"cccccccccccccccc","name":"n","trace_id":"1-5759e988-bd862e3fe1be46a994272791",'
        b'"start_time":1,"end_time":2}'
    )

    after = telemetry.daemon_counters
    assert (after.received - before.received, after.rejected - before.rejected) == (2, 1)
    assert (after.sent - before.sent, after.spillover) == (1, before.spillover)
    telemetry.expect_finding("input_rejected", count=1)


def test_a_subsegment_forgotten_inside_a_with_block_is_named_and_not_the_block(
    telemetry: ScenarioTelemetry, recorder: Any
) -> None:
    with recorder.in_segment("service"), recorder.in_subsegment("outer"), recorder.in_subsegment("inner"):
        recorder.begin_subsegment("forgotten")

    (finding,) = telemetry.expect_finding("segment_unfinished", at="test_xray_channel.py")
    assert "waits for subsegment 'forgotten' (tests/capture/test_xray_channel.py:" in finding.message


def test_a_document_that_is_no_json_is_found(telemetry: ScenarioTelemetry, recorder: Any) -> None:
    with recorder.in_segment("service") as begun, recorder.in_subsegment("work"):
        begun.put_metadata("odd", {(1, 2): 3})

    (finding,) = telemetry.expect_finding("document_not_sent", at="test_xray_channel.py")
    assert finding.message == (
        "the document of 'service' cannot be written as JSON and was not sent (TypeError: keys must be str,"
        " int, float, bool or None, not tuple); put other values into its metadata"
    )
