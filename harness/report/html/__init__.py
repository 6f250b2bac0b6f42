"""`index.html`: one self-contained page, rebuilt from the record alone."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

from harness.errors import RecordError
from harness.model import RunRecord
from harness.report.html.build import page_of
from harness.report.html.limits import REFUSE_BYTES
from harness.report.html.page import Page
from harness.report.html.templating import environment

_HERE = Path(__file__).parent


def render_html(record: RunRecord) -> str:
    """Return the page of a run.

    Raises:
        RecordError: The page would be too large for a browser.

    >>> render_html(RunRecord())[:15]
    '<!doctype html>'
    """
    return render_page(page_of(record))


def render_page(page: Page, *, refuse_bytes: int = REFUSE_BYTES) -> str:
    """Return the HTML of a page.

    Args:
        refuse_bytes: What a page may weigh at most.

    Raises:
        RecordError: It weighs more.
    """
    style, script = _asset("page.css"), _asset("page.js")
    html = (
        environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            style=Markup(style),  # noqa: S704  # our own file
            script=Markup(script),  # noqa: S704  # our own file
            style_hash=_csp_hash(style),
            script_hash=_csp_hash(script),
        )
    )
    size = len(html.encode())
    if size > refuse_bytes:
        raise RecordError(
            f"index.html would be {size / 1e6:,.1f} MB, expected at most {refuse_bytes / 1e6:,.0f} MB;"
            " run fewer scenarios at a time, or read run.json"
        )
    return html


@cache
def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _csp_hash(text: str) -> str:
    """Return what a content security policy calls the inline text."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
