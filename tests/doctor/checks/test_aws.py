"""Regions."""

from pathlib import Path

import pytest

from harness.doctor.checks import aws
from harness.model import Level
from tests.doctor.project import app, diagnosed


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
@pytest.mark.parametrize("region", ["us-east1", "useast-1", "US-EAST-1", "us-east-1a"])
def test_a_region_that_is_none(tmp_path: Path, name: str, region: str) -> None:
    finding = diagnosed(tmp_path, app("environment:", f"  {name}: {region}"))["aws_region_unknown"]

    assert finding.message == (
        f"{name} is {region!r}, which is no region: its endpoints do not exist; expected one like us-east-1"
    )
    assert finding.site is not None
    assert finding.site.line == 4


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "ap-southeast-3", "us-isob-east-1"])
def test_a_region(tmp_path: Path, region: str) -> None:
    assert diagnosed(tmp_path, app("environment:", f"  AWS_REGION: {region}")) == {}


def test_boto3_does_not_read_aws_region(tmp_path: Path) -> None:
    compose, files = app("environment:", "  AWS_REGION: us-east-1"), {"app.py": "import boto3"}
    finding = diagnosed(tmp_path, compose, files)["aws_region_missing"]

    assert (finding.level, finding.message) == (
        Level.WARNING,
        (
            "service 'app' has AWS_REGION, which boto3 does not read: it raises NoRegionError; "
            "add AWS_DEFAULT_REGION"
        ),
    )
    assert finding.site is not None
    assert finding.site.line == 4
    both = app("environment:", "  AWS_REGION: us-east-1", "  AWS_DEFAULT_REGION: us-east-1")
    assert diagnosed(tmp_path, both, files) == {}


def test_a_service_that_only_sends_to_the_daemon_needs_no_region(tmp_path: Path) -> None:
    variable = "  AWS_XRAY_DAEMON_ADDRESS: 10.0.0.7:2000"

    assert diagnosed(tmp_path, app("environment:", variable)) == {}
    other = diagnosed(tmp_path, app("environment:", variable, "  AWS_PROFILE: shop"))
    assert list(other) == ["aws_region_missing"]


def test_a_stand_in_for_aws_takes_any_region(tmp_path: Path) -> None:
    lines = ("environment:", "  AWS_REGION: local", "  AWS_ENDPOINT_URL: http://box.local")

    assert diagnosed(tmp_path, app(*lines)) == {}


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        ("us-eats-1", "did you mean 'us-east-1'?"),
        ("us-esat-1", "did you mean 'us-east-1'?"),
        ("zz-nowhere-9", "check the spelling"),
    ],
)
def test_a_region_that_botocore_does_not_know(tmp_path: Path, region: str, hint: str) -> None:
    finding = diagnosed(tmp_path, app("environment:", f"  AWS_REGION: {region}"))["aws_region_unknown"]

    assert (finding.level, finding.message) == (
        Level.WARNING,
        f"AWS_REGION is {region!r}, which the installed botocore does not know; {hint}",
    )


def test_without_botocore_a_regions_form_is_all_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "_known_regions", lambda: ())

    assert diagnosed(tmp_path, app("environment:", "  AWS_REGION: us-eats-1")) == {}


@pytest.mark.parametrize(
    ("image", "name", "consequence"),
    [
        ("shop", "AWS_REGION", "boto3 raises NoRegionError or NoCredentialsError while the app starts"),
        (
            "amazon/aws-xray-daemon",
            "AWS_REGION",
            "the daemon asks for the region of an EC2 instance, and ends where there is none",
        ),
        (
            "amazon/aws-xray-daemon",
            "AWS_ACCESS_KEY_ID",
            "the daemon sends nothing to X-Ray, and only its own log says so",
        ),
    ],
)
def test_an_empty_variable_is_told_with_what_it_does(
    tmp_path: Path, image: str, name: str, consequence: str
) -> None:
    found = diagnosed(tmp_path, app(f"image: {image}", "environment:", f'  {name}: "${{NONE}}"'))

    finding = found["aws_variable_empty"]
    assert (finding.level, finding.site and finding.site.line) == (Level.WARNING, 5)
    assert finding.message == f"{name} of service 'app' is empty: NONE is not set; {consequence}"
