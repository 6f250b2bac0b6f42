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
