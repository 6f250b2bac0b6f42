"""Requests that no service behind their endpoint takes, and what to say of them."""

from __future__ import annotations

import re

from harness.capture.http_messages import Request

UNKNOWN_OPERATION = "UnknownOperationException"
"""How AWS calls what no service of it takes."""
_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")

_OTLP_PATHS = ("/v1/traces", "/v1/metrics", "/v1/logs")
_ZIPKIN_PATH = "/api/v2/spans"
# AWS takes their requests without a signature.
_UNSIGNED = ("AWSCognitoIdentityService", "AWSCognitoIdentityProviderService")


def service_of(request: Request) -> str:
    """Return the service that a request is signed for; empty without a signature."""
    signed = _SERVICE.search(request.headers.get("authorization", ""))
    return signed[1] if signed else ""


def telemetry_goes_elsewhere(request: Request, here: str) -> str:
    """Return what to say of OTLP and Zipkin that come to another endpoint; empty for anything else.

    Args:
        here: What that endpoint is.
    """
    if request.path in _OTLP_PATHS:
        what = "OTLP goes to OTEL_EXPORTER_OTLP_ENDPOINT, which"
    elif request.path == _ZIPKIN_PATH:
        what = f"Zipkin goes to OTEL_EXPORTER_ZIPKIN_ENDPOINT, {_ZIPKIN_PATH} at the port that"
    else:
        return ""
    return f"{request.method} {request.path}: this is {here}; {what} harness serve prints as otlp_http"


def why_no_service(request: Request, service: str) -> str:
    """Return why no service of AWS answers a request, and what to do; empty when one may.

    moto would answer it as S3.

    Args:
        service: As its signature names it; empty without one.
    """
    target = request.headers.get("x-amz-target", "")
    if target and service in ("", "s3") and target.partition(".")[0] not in _UNSIGNED:
        why = "is no operation of S3, for which the request is signed" if service else "is not signed"
        return f"X-Amz-Target {target!r} {why}; send it by an SDK of AWS, which signs it for its service"
    if service:
        return ""
    return _unsigned_xray(request) or telemetry_goes_elsewhere(request, "the AWS endpoint")


def why_moto_failed(request: Request, error: Exception) -> str:
    """Return what to say of an error of moto's for a request without a signature; empty for a signed one.

    moto takes for S3 what it cannot tell, and fails at what S3 takes of nobody.
    """
    if "authorization" in request.headers or "signature=" in request.query.lower():
        return ""
    return (
        f"{request.method} {request.path} is not signed, and moto failed: {error!r}; send it by an SDK of "
        "AWS, which signs it; X-Ray without a signature goes to AWS_XRAY_DAEMON_ADDRESS, OTLP to "
        "OTEL_EXPORTER_OTLP_ENDPOINT"
    )


def _unsigned_xray(request: Request) -> str:
    from harness.capture.xray_api import api  # imports what most runs never ask

    if request.method != "POST" or request.path not in (*api.OPERATIONS, "/GetSamplingTargets"):
        return ""
    return (
        f"POST {request.path} is X-Ray's and is not signed: this is the AWS endpoint; without a signature it "
        "goes to AWS_XRAY_DAEMON_ADDRESS, which harness serve prints as xray"
    )
