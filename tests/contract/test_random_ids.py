"""Random ids of many makers: a contract must not pin one, and the form of one must hold for the next."""

from __future__ import annotations

import base64
import random
import re
import string
from collections.abc import Callable

import pytest

from harness.contract.forms import pattern_of, widened

_LOWER, _UPPER = string.ascii_lowercase + string.digits, string.ascii_uppercase + string.digits
_URL_SAFE = string.ascii_letters + string.digits + "_-"


def of(alphabet: str, length: int) -> Callable[[random.Random], str]:
    return lambda source: "".join(source.choices(alphabet, k=length))


def in_base64(size: int, *, url_safe: bool = False) -> Callable[[random.Random], str]:
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    return lambda source: encode(source.randbytes(size)).decode()


MAKERS: dict[str, tuple[Callable[[random.Random], str], float]] = {
    "cuid": (lambda source: "c" + of(_LOWER, 24)(source), 0.02),
    "cuid2": (of(_LOWER, 24), 0.02),
    "xid": (of("0123456789abcdefghijklmnopqrstuv", 20), 0.02),
    "upper case": (of(_UPPER, 20), 0.08),
    "base32": (of(string.ascii_uppercase + "234567", 26), 0.12),
    "base64 of 15 bytes": (in_base64(15), 0.12),
    "base64 of 18 bytes": (in_base64(18), 0.05),
    "base64 of 24 bytes": (in_base64(24), 0.02),
    "base64 of 32 bytes": (in_base64(32), 0.01),
    "base64 of 64 bytes": (in_base64(64), 0.01),
    "nanoid": (of(_URL_SAFE, 21), 0.05),
    "20 letters and digits": (of(string.ascii_letters + string.digits, 20), 0.04),
    "token_urlsafe": (in_base64(24, url_safe=True), 0.03),
}


@pytest.mark.parametrize("maker", MAKERS)
def test_most_are_known(maker: str) -> None:
    make, missed = MAKERS[maker]
    source = random.Random(maker)
    found = [make(source) for _ in range(1_000)]

    assert sum(pattern_of(one) is None for one in found) <= missed * len(found)


@pytest.mark.parametrize("maker", MAKERS)
def test_the_form_of_one_holds_for_others(maker: str) -> None:
    make, missed = MAKERS[maker]
    source = random.Random(maker)
    forms = {one: form for one in (make(source) for _ in range(200)) if (form := pattern_of(one))}
    wide = widened(forms.values())
    pairs = [(wide[form], other) for form in forms.values() for other in forms]

    assert sum(not re.fullmatch(form, other) for form, other in pairs) <= missed * len(pairs)


@pytest.mark.parametrize(
    "text",
    [
        "internationalization",
        "opentelemetry.instrumentation.flask",
        "AWSXRayDaemonWriteAccess",
        "application/vnd.oci.image.index.v1+json",
        "sha256withrsaencryption",
        "TLS_AES_256_GCM_SHA384",
        "ECDHERSAAES256GCMSHA384",
        "x86_64-unknown-linux-gnu",
        "my-service-v2/api/v1/Users/List",
        "ProductCatalogServiceV2/GetProduct",
        "items[10]",
        "report 2024",
        "HomeActivitiesController#index",
    ],
)
def test_names_stay(text: str) -> None:
    assert pattern_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "connection to 127.0.0.1 port 36355 refused",
        "[Errno 111] Connection refused: ('127.0.0.1', 37619)",
        'connection to server at "127.0.0.1", port 42736 failed',
        "listening, port: 42658",
        "worker (pid 59315)",
        "Booting worker with pid: 38689",
        "gunicorn[45784]",
        "idx-2024.02.19",
        "logs-2024-11",
        "on 26/01/2024",
    ],
)
def test_what_is_another_in_each_run(text: str) -> None:
    form = pattern_of(text)

    assert form is not None
    assert not re.search(r"\d{4,}", form)
    assert re.fullmatch(form, text)
