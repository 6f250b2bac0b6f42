"""Log groups in code, variables, commands and compose file."""

from pathlib import Path

import pytest

from tests.doctor.project import app, diagnosed

CREATE = "aws logs create-log-group --log-group-name "
CODE = "watchtower.CloudWatchLogHandler(log_group_name='shop')\n"


@pytest.mark.parametrize("name", ["LOG_GROUP", "AWS_LOG_GROUP_NAME", "AWSLOGS_GROUP", "cloudwatch_log_group"])
def test_a_command_that_creates_another_than_the_variable_names(tmp_path: Path, name: str) -> None:
    compose = app("image: x", "environment:", f"  {name}: Shop")

    finding = diagnosed(tmp_path, compose, {"logs.sh": f"{CREATE}shop\n"})["log_group_mismatch"]

    assert (finding.site and Path(finding.site.file).name) == "logs.sh"
    assert finding.message == (
        f"the command creates log group 'shop', {name} of service 'app' is 'Shop' "
        f"({tmp_path / 'docker-compose.yml'}:5); 'Shop' differs in case only, and CloudWatch keeps them apart"
    )


def test_a_variable_that_names_another_than_the_code(tmp_path: Path) -> None:
    compose = app("image: x", "environment: [LOG_GROUP=store]")

    found = diagnosed(tmp_path, compose, {"app.py": CODE, "logs.sh": f"{CREATE}shop\n"})

    finding = found["log_group_mismatch"]

    assert (finding.site and finding.site.line) == 4
    assert finding.message == (
        "LOG_GROUP of service 'app' is log group 'store', the code writes to 'shop' "
        f"({tmp_path / 'app.py'}:1)"
    )


@pytest.mark.parametrize("group", ["shop", "$LOG_GROUP", '"${LOG_GROUP}"'])
def test_a_command_that_creates_the_same_or_what_only_a_shell_knows(tmp_path: Path, group: str) -> None:
    compose = app("image: x", "environment: [LOG_GROUP=shop]")

    assert diagnosed(tmp_path, compose, {"app.py": CODE, "logs.sh": f"{CREATE}{group}\n"}) == {}


def test_a_variable_of_another_meaning_is_no_log_group(tmp_path: Path) -> None:
    compose = app("image: x", "environment: [LOG_GROUP_PREFIX=a, LOGGROUPS=b, LOG_GROUP=]")

    assert diagnosed(tmp_path, compose, {"logs.sh": f"{CREATE}shop\n"}) == {}


def handler(group: str, before: str = "") -> str:
    return f"import os\n{before}\nwatchtower.CloudWatchLogHandler(log_group_name={group})\n"


@pytest.mark.parametrize(
    ("code", "group"),
    [
        (handler("GROUP", 'GROUP = "store"'), "store"),
        (handler("GROUP", 'GROUP: str = "store"'), "store"),
        (handler('os.environ.get("NOT_SET", "store")'), "store"),
        (handler('os.getenv("NOT_SET", default="store")'), "store"),
        (handler("GROUP", 'NAME = "NOT_SET"\nGROUP = os.getenv(NAME, "store")'), "store"),
        (handler('f"{STAGE}-shop"', 'STAGE = "dev"'), "dev-shop"),
        (handler("""f"{os.getenv('STAGE', 'dev')}-shop\""""), "prod-shop"),
        (handler('os.environ["TELEMETRY_GROUP"]'), "store"),
        (handler('os.environ.get("TELEMETRY_GROUP", "shop")'), "store"),
    ],
)
def test_what_the_code_names_by_a_constant_or_a_variable(tmp_path: Path, code: str, group: str) -> None:
    compose = app("image: x", "environment: [STAGE=prod, TELEMETRY_GROUP=store]")

    found = diagnosed(tmp_path, compose, {"app.py": code, "logs.sh": f"{CREATE}shop\n"})

    assert f"the code writes to {group!r}" in found["log_group_mismatch"].message
    assert diagnosed(tmp_path, compose, {"app.py": code, "logs.sh": f"{CREATE}{group}\n"}) == {}


@pytest.mark.parametrize(
    "code",
    [
        handler("group_of(stage)"),
        handler("GROUP", 'GROUP = "store"\nGROUP = "other"'),
        handler("GROUP", 'if True:\n    GROUP = "store"'),
        handler("GROUP", 'GROUP = "store"\ndef f(GROUP): ...'),
        handler("GROUP", 'GROUP = "store"\nfrom settings import GROUP'),
        handler("GROUP", "GROUP = GROUP"),
        handler("GROUP", "GROUP = 3"),
        handler('os.environ.get("NOT_SET")'),
        handler('os.environ["NOT_SET"]'),
        handler('os.getenv(*arguments, "store")'),
        handler('os.getenv("NOT_SET", other="store")'),
        handler('settings.get("NOT_SET", "store")'),
        handler('f"{stage}-shop"'),
        handler('f"{STAGE!r}"', 'STAGE = "store"'),
        handler('f"{STAGE:>9}"', 'STAGE = "store"'),
        handler('os.environ.get("FROM_A_SHELL", "store")'),
        "watchtower.CloudWatchLogHandler(log_group_name='store')\n" + handler("group_of(stage)"),
        "watchtower.CloudWatchLogHandler(**options)\n",
    ],
)
def test_nothing_is_said_of_what_the_file_does_not_say(tmp_path: Path, code: str) -> None:
    compose = app("image: x", 'environment: ["FROM_A_SHELL=$$X"]')

    assert diagnosed(tmp_path, compose, {"app.py": code, "logs.sh": f"{CREATE}shop\n"}) == {}
