# telemetry-harness as a container: `harness serve` in the place of the X-Ray daemon and every other backend.
# Where nothing may be downloaded: see fixtures/backend_flask/Dockerfile.
ARG BASE_IMAGE=python:3.13-slim
FROM ${BASE_IMAGE}
ARG PIP_NO_INDEX
COPY pyproject.toml README.md LICENSE build/wheel[s] /source/
COPY harness /source/harness
RUN python3 -m venv /venv && /venv/bin/pip install --no-cache-dir --find-links /source "/source[all]"
WORKDIR /run
# X-Ray's daemon has its usual port; the OpenTelemetry Collector's is OTLP's.
EXPOSE 2000/udp 2000/tcp 4318 5000
ENTRYPOINT ["/venv/bin/harness"]
CMD ["serve", "--host", "0.0.0.0", "--xray-port", "2000", "--otlp-port", "4318", "--aws-port", "5000", "--keep-received", "--out", "/run/telemetry"]
