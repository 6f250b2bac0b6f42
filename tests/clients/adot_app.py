"""Sends a sampled and an unsampled span and a metric by ADOT's UDP exporters; run with ADOT's own Python."""

import os

from amazon.opentelemetry.distro.otlp_udp_exporter import OTLPUdpMetricExporter, OTLPUdpSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

address = os.environ["AWS_XRAY_DAEMON_ADDRESS"]
for name, sampled in (("sampled", True), ("unsampled", False)):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(OTLPUdpSpanExporter(address, sampled=sampled)))
    with provider.get_tracer("adot").start_as_current_span(name) as span:
        span.set_attribute("app.rows", 3)
meters = MeterProvider([PeriodicExportingMetricReader(OTLPUdpMetricExporter(address))])
meters.get_meter("adot").create_counter("served").add(2)
meters.force_flush()
