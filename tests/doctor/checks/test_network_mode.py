"""Networks that services share."""

from pathlib import Path

import pytest

from tests.doctor.project import app, diagnosed

DB = "  db: {image: x}\n"


@pytest.mark.parametrize(
    ("mode", "hint"), [("service:nope", "name one of them"), ("service:dbs", "did you mean 'db'?")]
)
def test_the_network_of_a_service_that_does_not_exist(tmp_path: Path, mode: str, hint: str) -> None:
    found = diagnosed(tmp_path, app("image: x", f'network_mode: "{mode}"') + DB)

    assert list(found) == ["network_mode_unknown"]
    finding = found["network_mode_unknown"]
    assert finding.message == (
        f"network_mode of service 'app' is {mode!r}, and the services are app, db: Compose starts nothing; "
        + hint
    )
    assert finding.site is not None
    assert finding.site.line == 4


@pytest.mark.parametrize("mode", ["service:db", "service:${S:-db}", "host", "container:nope", "bridge"])
def test_a_network_that_there_may_be(tmp_path: Path, mode: str) -> None:
    assert diagnosed(tmp_path, app("image: x", f'network_mode: "{mode}"') + DB) == {}


def test_the_network_of_a_service_of_a_file_that_is_not_read(tmp_path: Path) -> None:
    compose = app("image: x", 'network_mode: "service:nope"') + "include: ['oci://registry.local/infra']\n"

    assert list(diagnosed(tmp_path, compose)) == ["compose_file_unread"]
