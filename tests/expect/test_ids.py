from __future__ import annotations

import re
from pathlib import Path

from harness.expect.ids import finding_ids

TOLD = re.compile(r"\b([a-z_]+_(?:mismatch|missing|unexpected|not_under_parent)): ")


def test_every_id_that_the_tests_of_messages_know_is_listed() -> None:
    paths = set(Path(__file__).parent.glob("test_*.py")) - {Path(__file__).with_name("test_expectation.py")}
    texts = [path.read_text() for path in paths]
    told = {finding_id for text in texts for finding_id in TOLD.findall(text)}
    assert len(told) > 30
    assert told <= set(finding_ids())


def test_the_ids_are_stable() -> None:
    assert finding_ids() == (
        "annotation_mismatch",
        "annotation_missing",
        "annotation_unexpected",
        "attribute_mismatch",
        "attribute_missing",
        "attribute_unexpected",
        "aws_mismatch",
        "aws_missing",
        "aws_unexpected",
        "cause_mismatch",
        "channel_mismatch",
        "count_mismatch",
        "data_point_count_mismatch",
        "data_point_missing",
        "duration_mismatch",
        "error_mismatch",
        "event_missing",
        "event_name_mismatch",
        "export_missing",
        "export_unexpected",
        "fault_mismatch",
        "filter_mismatch",
        "header_mismatch",
        "header_missing",
        "header_unexpected",
        "http_mismatch",
        "http_missing",
        "http_unexpected",
        "is_monotonic_mismatch",
        "items_mismatch",
        "kind_mismatch",
        "link_missing",
        "log_event_missing",
        "log_event_unexpected",
        "log_group_mismatch",
        "log_record_missing",
        "log_record_unexpected",
        "log_stream_mismatch",
        "matcher_raised",
        "metadata_mismatch",
        "metadata_missing",
        "metadata_unexpected",
        "metric_missing",
        "metric_unexpected",
        "namespace_mismatch",
        "origin_mismatch",
        "parent_id_mismatch",
        "resource_mismatch",
        "resource_missing",
        "resource_unexpected",
        "scope_mismatch",
        "segment_missing",
        "segment_unexpected",
        "service_mismatch",
        "service_missing",
        "service_unexpected",
        "severity_number_mismatch",
        "severity_text_mismatch",
        "span_id_mismatch",
        "span_missing",
        "span_not_under_parent",
        "span_unexpected",
        "sql_mismatch",
        "sql_missing",
        "sql_unexpected",
        "status_message_mismatch",
        "status_mismatch",
        "subsegment_missing",
        "subsegment_not_under_parent",
        "subsegment_unexpected",
        "sum_mismatch",
        "temporality_mismatch",
        "throttle_mismatch",
        "trace_id_mismatch",
        "trace_missing",
        "trace_unexpected",
        "type_mismatch",
        "unit_mismatch",
        "user_mismatch",
        "value_mismatch",
    )
