"""Requests that no service behind their endpoint takes, and what to say of them."""

from __future__ import annotations

from harness.capture.http_messages import Request

_OTLP_PATHS = ("/v1/traces", "/v1/metrics", "/v1/logs")
# AWS takes their requests without a signature.
_UNSIGNED = ("AWSCognitoIdentityService", "AWSCognitoIdentityProviderService")


def otlp_goes_elsewhere(request: Request, here: str) -> str:
    """Return what to say of OTLP that comes to another endpoint; empty for anything else.

    Args:
        here: What that endpoint is.
    """
    if request.path not in _OTLP_PATHS:
        return ""
    return (
        f"{request.method} {request.path}: this is {here}; OTLP goes to OTEL_EXPORTER_OTLP_ENDPOINT, "
        "which harness serve prints as otlp_http"
    )


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
    return "" if service else otlp_goes_elsewhere(request, "the AWS endpoint")
