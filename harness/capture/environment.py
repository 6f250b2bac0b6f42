"""The environment of a captured process: set before the app is imported, restored after."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping

LOOPBACK = "127.0.0.1"
REFUSED_DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "api.aws", "honeycomb.io")
"""Those of real telemetry backends."""

FAKE_AWS: Mapping[str, str | None] = {
    "AWS_ACCESS_KEY_ID": "harness-access-key",
    "AWS_SECRET_ACCESS_KEY": "harness-secret-key",
    "AWS_SESSION_TOKEN": None,
    "AWS_PROFILE": None,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": None,
}
"""Credentials that open nothing; None removes a variable of the developer's shell."""

REGION = "us-east-1"

OTHER_OTLP: Mapping[str, None] = dict.fromkeys(
    f"OTEL_EXPORTER_OTLP_{signal}{what}"
    for signal in ("", "TRACES_", "METRICS_", "LOGS_")
    for what in ("ENDPOINT", "INSECURE", "CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY")
)
"""What would send OTLP elsewhere, or speak TLS to a receiver that does not; removed.

Source: OpenTelemetry specification, "OpenTelemetry Protocol Exporter".
"""

_SERVICE_ENDPOINT = "AWS_ENDPOINT_URL_"
_NO_EXPORTER = frozenset({"none", "console", "logging"})
_NO_SAMPLER = frozenset({"always_off", "parentbased_always_off"})
_CONFIGURATION_FILES = ("OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE")
"""Their content wins over other variables. Source: OpenTelemetry's "Declarative configuration"."""
_OFF = frozenset({"n", "no", "f", "false", "off", "0"})


def region_of(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the region by the names that SDKs read: boto3 the one, JavaScript's the other.

    >>> region_of({"AWS_REGION": "eu-west-1"})
    {'AWS_DEFAULT_REGION': 'eu-west-1', 'AWS_REGION': 'eu-west-1'}
    """
    default, other = environ.get("AWS_DEFAULT_REGION"), environ.get("AWS_REGION")
    return {"AWS_DEFAULT_REGION": default or other or REGION, "AWS_REGION": other or default or REGION}


def other_aws_endpoints(environ: Mapping[str, str]) -> dict[str, None]:
    """Return the endpoints of single services, which would win over AWS_ENDPOINT_URL; they are removed."""
    return dict.fromkeys(name for name in environ if name.startswith(_SERVICE_ENDPOINT))


_SWITCHES = {
    "OTEL_SDK_DISABLED": ("otel", "OpenTelemetry emits nothing", {"true"}),
    "AWS_XRAY_SDK_ENABLED": ("xray", "the X-Ray SDK emits nothing", _OFF),
}
"""Variable → channel, what an SDK does by it, and the values. Sources: OpenTelemetry's environment variable
specification; aws_xray_sdk.sdk_config."""


def switched_off(environ: Mapping[str, str]) -> dict[str, str]:
    """Return channel → a warning, for each SDK that a variable switches off: meant, or forgotten in a shell.

    >>> switched_off({"AWS_XRAY_SDK_ENABLED": "false"})
    {'xray': 'AWS_XRAY_SDK_ENABLED is false, so the X-Ray SDK emits nothing; unset it to record telemetry'}
    """
    return {
        channel: f"{name} is {environ[name]}, so {what}; unset it to record telemetry"
        for name, (channel, what, values) in _SWITCHES.items()
        if environ.get(name, "").strip().lower() in values
    }


def silenced(environ: Mapping[str, str]) -> list[str]:
    """Return a warning for each variable by which an SDK emits nothing, or elsewhere: meant, or forgotten.

    >>> silenced({"OTEL_SDK_DISABLED": "true"})
    ['OTEL_SDK_DISABLED is true, so OpenTelemetry emits nothing; unset it to record telemetry']
    """
    off = {
        "OTEL_TRACES_EXPORTER": ("OpenTelemetry sends no spans", _NO_EXPORTER),
        "OTEL_METRICS_EXPORTER": ("OpenTelemetry sends no metrics", _NO_EXPORTER),
        "OTEL_LOGS_EXPORTER": ("OpenTelemetry sends no log records", _NO_EXPORTER),
        "OTEL_TRACES_SAMPLER": ("OpenTelemetry samples no trace that begins here", _NO_SAMPLER),
    }
    found = list(switched_off(environ).values())
    found += [
        f"{name} is {environ[name]}, so {what}; unset it to record telemetry"
        for name, (what, values) in off.items()
        if environ.get(name, "").strip().lower() in values
    ]
    return found + [
        f"{name} is {environ[name]}, so OpenTelemetry may send elsewhere, as that file says; unset it, or "
        "let the file take the endpoint from OTEL_EXPORTER_OTLP_ENDPOINT"
        for name in _CONFIGURATION_FILES
        if environ.get(name)
    ]


def without_proxy(environ: Mapping[str, str], *others: str) -> dict[str, str]:
    """Return NO_PROXY variables under which no proxy reaches loopback, real backends, and other hosts.

    A proxy of the developer's shell would connect to a real backend where the process itself may not.
    """
    hosts = [h for h in environ.get("NO_PROXY", environ.get("no_proxy", "")).split(",") if h]
    direct = (LOOPBACK, "localhost", *others, *REFUSED_DOMAINS)
    hosts += [host for host in dict.fromkeys(direct) if host not in hosts]
    return {"NO_PROXY": ",".join(hosts), "no_proxy": ",".join(hosts)}


class Environment:
    """Variables set for the time of a run.

    Args:
        environ: The process environment by default.
    """

    def __init__(self, environ: MutableMapping[str, str] = os.environ) -> None:
        self.environ = environ
        self._previous: dict[str, str | None] = {}

    def update(self, variables: Mapping[str, str | None]) -> None:
        """Set variables; a value of None removes one. The first previous value is kept."""
        for name, value in variables.items():
            self._previous.setdefault(name, self.environ.get(name))
            if value is None:
                self.environ.pop(name, None)
            else:
                self.environ[name] = value

    def restore(self) -> None:
        """Put every variable back as it was before the first `update`."""
        for name, value in self._previous.items():
            if value is None:
                self.environ.pop(name, None)
            else:
                self.environ[name] = value
        self._previous.clear()
