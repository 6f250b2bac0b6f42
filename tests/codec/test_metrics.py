from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricsData

from harness.codec import otlp, sdk
from harness.codec.metric_merge import merge_deltas
from harness.model import DataPoint, Metric, MetricType, Temporality


def collected() -> MetricsData:
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader], shutdown_on_exit=False).get_meter("scope", "1")
    meter.create_counter("requests", unit="{request}").add(3, {"route": "/"})
    meter.create_histogram("duration", unit="ms").record(7.5)
    meter.create_gauge("temperature").set(-2)
    data = reader.get_metrics_data()
    assert data is not None
    return data


def test_the_wire_says_the_same_as_the_process() -> None:
    data = collected()
    message = otlp.parse_request("/v1/metrics", otlp.PROTOBUF, encode_metrics(data).SerializeToString())

    wire, process = list(otlp.metrics_of(message)), sdk.metrics_of(data)

    assert otlp.count_items(message) == 3
    assert [m.name for m in process] == ["requests", "duration", "temperature"]
    assert [m.type for m in process] == [MetricType.SUM, MetricType.HISTOGRAM, MetricType.GAUGE]
    for ours, theirs in zip(process, wire, strict=True):
        for field in ours.__struct_fields__:
            if field != "witnesses":
                assert getattr(ours, field) == getattr(theirs, field), field


def test_a_body_is_known_by_what_it_carries() -> None:
    assert otlp.path_of(encode_metrics(collected()).SerializeToString()) == "/v1/metrics"


def a_sum(value: int, temporality: Temporality = Temporality.DELTA, **attributes: str) -> Metric:
    point = DataPoint(attributes=attributes, value=value)
    return Metric(name="requests", type=MetricType.SUM, temporality=temporality, data_points=(point,))


def test_deltas_of_a_series_are_added_up() -> None:
    (merged,) = merge_deltas([a_sum(1, route="/a"), a_sum(2, route="/b"), a_sum(4, route="/a")])

    assert {point.attributes["route"]: point.value for point in merged.data_points} == {"/a": 5, "/b": 2}


def test_cumulative_points_keep_their_last_value() -> None:
    (merged,) = merge_deltas([a_sum(1, Temporality.CUMULATIVE), a_sum(4, Temporality.CUMULATIVE)])

    assert [point.value for point in merged.data_points] == [4]


def test_histograms_add_counts_sums_and_buckets() -> None:
    def histogram(low: float, high: float, *buckets: int) -> Metric:
        point = DataPoint(
            count=sum(buckets),
            sum=low + high,
            min=low,
            max=high,
            bucket_counts=buckets,
            explicit_bounds=(5.0,),
        )
        return Metric(
            name="d", type=MetricType.HISTOGRAM, temporality=Temporality.DELTA, data_points=(point,)
        )

    (merged,) = merge_deltas([histogram(1, 9, 1, 1), histogram(2, 3, 2, 0)])

    (point,) = merged.data_points
    assert (point.count, point.sum, point.min, point.max, point.bucket_counts) == (4, 15, 1, 9, (3, 1))
