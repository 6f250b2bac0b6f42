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
