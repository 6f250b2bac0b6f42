import os

from harness.capture.environment import OTHER_OTLP, Environment, without_proxy


def test_variables_are_set_removed_and_restored() -> None:
    environ = {"KEPT": "1", "CHANGED": "old", "REMOVED": "old"}
    environment = Environment(environ)

    environment.update({"CHANGED": "new", "REMOVED": None, "ADDED": "new"})
    environment.update({"CHANGED": "newer"})

    assert environ == {"KEPT": "1", "CHANGED": "newer", "ADDED": "new"}
    environment.restore()
    assert environ == {"KEPT": "1", "CHANGED": "old", "REMOVED": "old"}


def test_no_proxy_is_asked_for_loopback_and_real_backends() -> None:
    assert without_proxy({"NO_PROXY": "example.org,localhost"})["NO_PROXY"] == (
        "example.org,localhost,127.0.0.1,amazonaws.com,amazonaws.com.cn,api.aws,honeycomb.io"
    )


def test_this_run_is_pointed_at_the_harness() -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "AWS_ENDPOINT_URL"):
        assert os.environ[name].startswith("http://127.0.0.1:")
    assert os.environ["AWS_XRAY_DAEMON_ADDRESS"].startswith("127.0.0.1:")
    assert os.environ["OTEL_EXPORTER_ZIPKIN_ENDPOINT"].endswith("/api/v2/spans")
    assert not OTHER_OTLP.keys() & os.environ.keys() - {"OTEL_EXPORTER_OTLP_ENDPOINT"}
    assert os.environ["AWS_ACCESS_KEY_ID"] == "harness-access-key"
