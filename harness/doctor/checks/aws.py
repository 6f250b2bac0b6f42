"""Region and credentials of services that call AWS: without them the app does not start, or sends nothing."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from harness.closest import closest
from harness.doctor.checks import finding
from harness.doctor.interpolation import variables_in
from harness.doctor.project import Project
from harness.doctor.services import Service
from harness.model import Finding, Level

_REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")
_OF_BOTO3 = frozenset({"boto3", "botocore", "watchtower"})
_REGION_FORM = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d\Z")
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def check(project: Project) -> Iterator[Finding]:
    """Yield what each service that has AWS variables lacks, and which of them are empty."""
    for service in project.services.values():
        names = [name for name in service.environment if name.startswith("AWS_")]
        if not names:
            continue
        # X-Ray's SDK sends to a daemon, which has the region.
        if service.is_xray_daemon or not all(name.startswith("AWS_XRAY_") for name in names):
            yield from _region(service)
            if project.source.imports & _OF_BOTO3 and not service.is_xray_daemon:
                yield from _region_of_boto3(service)
        for name in names:
            setting = service.environment[name]
            if not setting.value.strip() and name in (*_REGION, *_CREDENTIALS):
                unset = ", ".join(variables_in(setting.raw))
                reason = f": {unset} is not set" if unset else ""
                yield finding(
                    "aws_variable_empty",
                    setting.site,
                    f"{name} of service {service.name!r} is empty{reason}; {_consequence(service, name)}",
                    level=Level.WARNING,
                )
        present = [name for name in _CREDENTIALS if name in service.environment]
        if len(present) == 1:
            (missing,) = set(_CREDENTIALS) - set(present)
            yield finding(
                "aws_credentials_incomplete",
                service.environment[present[0]].site,
                f"service {service.name!r} has {present[0]} and no {missing}",
            )


def _consequence(service: Service, name: str) -> str:
    """Return what an empty variable does to a service."""
    if not service.is_xray_daemon:
        return "boto3 raises NoRegionError or NoCredentialsError while the app starts"
    if name in _REGION:  # Source: aws-xray-daemon, pkg/conn.
        return "the daemon asks for the region of an EC2 instance, and ends where there is none"
    return "the daemon sends nothing to X-Ray, and only its own log says so"


def _region(service: Service) -> Iterator[Finding]:
    elsewhere = any(name.startswith("AWS_ENDPOINT_URL") for name in service.environment)
    for name in () if elsewhere else _REGION:  # a stand-in for AWS takes any name
        setting = service.environment.get(name)
        region = setting.value.strip() if setting else ""
        if setting and region and not _REGION_FORM.match(region):
            yield finding(
                "aws_region_unknown",
                setting.site,
                f"{name} is {setting.value!r}, which is no region: its endpoints do not exist; "
                "expected one like us-east-1",
            )
        elif setting and region and _known_regions() and region not in _known_regions():
            close = closest(region, _known_regions())
            yield finding(
                "aws_region_unknown",
                setting.site,
                f"{name} is {setting.value!r}, which the installed botocore does not know; "
                + (f"did you mean {close!r}?" if close else "check the spelling"),
                level=Level.WARNING,
            )
    if not any(name in service.environment for name in _REGION):
        yield finding(
            "aws_region_missing",
            service.site,
            f"service {service.name!r} has AWS variables and no region: boto3 raises NoRegionError; "
            "add AWS_DEFAULT_REGION",
        )


def _region_of_boto3(service: Service) -> Iterator[Finding]:
    """Yield a region that boto3 does not see. Source: botocore's `configprovider`."""
    if "AWS_REGION" in service.environment and "AWS_DEFAULT_REGION" not in service.environment:
        yield finding(
            "aws_region_missing",
            service.environment["AWS_REGION"].site,
            f"service {service.name!r} has AWS_REGION, which boto3 does not read: it raises NoRegionError; "
            "add AWS_DEFAULT_REGION",
            level=Level.WARNING,
        )


@functools.cache
def _known_regions() -> tuple[str, ...]:
    """Return the regions that botocore knows; none where it is not installed."""
    try:
        from botocore.session import Session
    except ImportError:
        return ()
    aws = Session()
    partitions = aws.get_available_partitions()
    return tuple(region for name in partitions for region in aws.get_available_regions("logs", name))
