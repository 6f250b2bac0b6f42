"""Secrets in clear: those that are, and what only looks like one."""

from pathlib import Path

import pytest

from tests.doctor.project import app, diagnosed

HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"


def is_found(tmp_path: Path, name: str, value: str) -> bool:
    return "secret_in_clear" in diagnosed(tmp_path, app("environment:", f"  {name}: '{value}'"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_SECRET", "c2VjcmV0="),
        ("APP_SECRET", "${APP_SECRET:-s3cret}"),
        ("APP_SECRET", "${A:-${B:-s3cret}}"),
        ("DB_PASSWORD", "pa$$word"),
        ("API_TOKENS", "a,b"),
        (HEADERS, "x-honeycomb-dataset=shop,x-honeycomb-team=hcaik_1"),
        (HEADERS, "x-honeycomb-team=${KEY},api-key=hcaik_1"),
        (HEADERS, "x-honeycomb-team=${KEY:-hcaik_1}"),
        ("DATABASE_URL", "postgres://shop:s3cret@db:5432/shop"),
        ("DATABASE_URL", "postgres://${USER}:${PW:-s3cret}@db/shop"),
        ("SENTRY_DSN", "https://0123abcd@o1.ingest.sentry.io/1"),
        ("STRIPE", "sk_live_123456"),
        ("NPM_AUTH", "npm_0123456789abcdef0123456789abcdef0123"),
        ("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T000/B000/XXXXXXXX"),
        ("ALERTS", "https://discord.com/api/webhooks/123456/abcdef-ghijkl"),
        ("GITHUB_PAT", "ghp_0123456789abcdef0123456789abcdef0123"),
        ("AWS_ACCESS_KEY_ID", "AKIA0123456789ABCDEF"),
        ("AWS_ACCESS_KEY_ID", "other"),
    ],
)
def test_a_secret_is_found(tmp_path: Path, name: str, value: str) -> None:
    assert is_found(tmp_path, name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTGRES_PASSWORD_FILE", "/run/secrets/password"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("SECRETS_ENABLED", "true"),
        ("MAX_TOKENS", "512"),
        ("TOKEN_TTL_SECONDS", "30"),
        ("PASSWORD_MIN_LENGTH", "8"),
        ("AUTH_TOKEN_URL", "https://example.com/token"),
        ("API_KEY_HEADER", "x-api-key"),
        ("JWT_SECRET_ID", "name"),
        ("APP_SECRET", ""),
        ("APP_SECRET", "${APP_SECRET:-}"),
        ("APP_SECRET", "${A:-${B}}"),
        ("APP_SECRET", "${APP_SECRET:?set it}"),
        ("AUTH_TOKEN", "Bearer ${TOKEN}"),
        (HEADERS, "x-honeycomb-dataset=shop"),
        (HEADERS, "x-honeycomb-team=${KEY},x-honeycomb-dataset=shop"),
        ("DATABASE_URL", "postgres://shop:${PW}@db/shop"),
        ("URL", "http://collector:4318/a@b"),
    ],
)
def test_what_is_none_is_not(tmp_path: Path, name: str, value: str) -> None:
    assert not is_found(tmp_path, name, value)


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        (
            ("build:", "  context: .", "  args: {DB_PASSWORD: hunter2hunter2}"),
            5,
            (
                "build argument DB_PASSWORD of service 'app' is written in clear; take it from the "
                "environment: DB_PASSWORD: ${DB_PASSWORD}"
            ),
        ),
        (
            ("command: flask run --api-key=hcaik_01abcdefghijklmnop",),
            3,
            (
                "option --api-key in the command of service 'app' is written in clear; take it from the "
                "environment: --api-key=${API_KEY}"
            ),
        ),
        (
            ("command: [flask, run, --api-key, hcaik_01abcdefghijklmnop]",),
            3,
            (
                "option --api-key in the command of service 'app' is written in clear; take it from the "
                "environment: --api-key=${API_KEY}"
            ),
        ),
    ],
)
def test_a_secret_of_a_build_or_a_command(
    tmp_path: Path, lines: tuple[str, ...], line: int, message: str
) -> None:
    found = diagnosed(tmp_path, app(*lines))["secret_in_clear"]

    assert found.message == message
    assert found.site is not None
    assert found.site.line == line


@pytest.mark.parametrize(
    "lines",
    [
        ("build: {context: ., args: {NPM_TOKEN: '${NPM_TOKEN}', VERSION: '3'}}",),
        ("build: {context: ., args: [NPM_TOKEN]}",),
        ("build: .",),
        ("command: flask run --api-key=${API_KEY} --port 4567 --token",),
        ("command: flask run --token-file /run/secrets/token --secret -v",),
    ],
)
def test_a_build_or_a_command_without_a_secret(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert "secret_in_clear" not in diagnosed(tmp_path, app(*lines))
