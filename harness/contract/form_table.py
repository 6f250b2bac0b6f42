"""The kinds of parts of a text that differ from run to run: how each is found, and the pattern that stays.

The first that fits a place is its form: what would take a part of another comes behind it. Each has
texts that it must find, as others of the next run, and texts that it must leave, in
`tests/contract/test_forms.py` and `test_random_ids.py`.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import NamedTuple

from harness.contract import dates


class Form(NamedTuple):
    """One kind of part of a text that differs from run to run.

    Attributes:
        name: What stands for it where people read: ``‹uuid›``.
        found: The pattern that finds it.
        stays: The pattern that it fulfils in every run.
        read_in: ``values``, ``messages``, or both: a number in a log line is data, one in a value is said.
    """

    name: str
    found: str
    stays: str
    read_in: str = "values messages"


_START, _END = "(?<![0-9a-zA-Z])", "(?![0-9a-zA-Z])"
_WHOLE = "(?![0-9a-zA-Z+=])"
"""Where url-safe base64 ends: what goes on with + or = is of the other kind, and would be cut in half."""
_SIGN = r"(?:(?<![\w)\]}.%'+-])[+-])?"
_FIGURES = rf"\d++(?:[.,_]\d++)*+(?:[eE][+-]?\d++{_END})?"
"""A number with all that belongs to it: fraction, separators of thousands, exponent, the other parts of a
version or of a list. In each run it is one number, whichever of these it has."""
NUMBER = r"[+-]?\d[\d.,_]*(?:[eE][+-]?\d+)?"
_SPAN = r"(?:\d++(?:\.\d++)?(?:[nuµμm]s|[dhms]))"
_OCTET, _GROUP = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)", "[0-9a-fA-F]{1,4}"
# Of one word, those alone that seldom stand behind a count.
_SHORT_REASONS = (
    "OK", "Created", "Accepted", "Found", "Unauthorized", "Forbidden", "Conflict", "Gone", "Unprocessable",
)  # fmt: skip
# Source: RFC 9110, "Status Codes", which renames some that Python has by older names.
_RENAMED = ("Payload Too Large", "Content Too Large", "URI Too Long", "Range Not Satisfiable")
_REASONS = {*_SHORT_REASONS, *_RENAMED, *(status.phrase for status in HTTPStatus if " " in status.phrase)}
_REASON = rf"(?i:{'|'.join(re.escape(phrase) for phrase in sorted(_REASONS))})\b"
_NO_STATUS = rf"""(?<!HTTP/\d"\ )(?<!HTTP/\d\.\d"\ )(?!\d{{3}}\ {_REASON})"""
"""Before a number that is no status of HTTP: that is said, as words are."""
_NO_COLOUR = rf"(?!(?<=\#)[0-9a-f]{{8}}{_END})"
_KUBERNETES = "[bcdfghjklmnpqrstvwxz2456789]"  # k8s.io/apimachinery/pkg/util/rand: no vowels, so no words
_WORKERS = (
    "Thread-", "ThreadPoolExecutor-", "Dummy-", "Process-", "ForkProcess-", "SpawnProcess-", "PoolWorker-",
    "ForkPoolWorker-", "SpawnPoolWorker-", "Task-", "waitress-", "asyncio_", r"AnyIO\ worker\ thread\ ",
    "[wW]orker[-_]", "[pP]id[-_=]", r"[pP]id\ ", r"[pP]id:\ ",
)  # fmt: skip
_PREFIXES = (  # of ids, as Stripe and others make them
    "acct|asst|ba|batch|call|card|ch|chatcmpl|cs|cus|evt|file|in|inv|job|key|msg|order|ord|org|pay|pi|pk|pm|po"
    "|price|prod|re|req|resp|rk|run|sess|session|seti|si|sk|src|sub|task|thread|tok|trx|tx|txn|user|usr|whsec"
)
_OWNERS = "|".join(
    rf"(?<=\b{name}=)"
    for name in ("user", "customer", "account", "tenant", "order", "cart", "invoice", "item", "job")
)
_RUN = "(?:[A-Z]++|[a-z]++|[0-9]++)"
"""A change of case or to digits: random text has more of them than words have."""
_WORDS = "(?:[a-z]{8}|[a-z]{4}(?:[A-Za-z0-9]*[A-Z0-9][a-z]{4}){2})"
"""Behind any letters and digits: what text of random letters rarely has, one long word or three."""
_RARE = (
    "(?i:q[a-tv-z]|j[bcdfghklmnpqrtvwxz]|v[bcdfghjkmnpqtwxz]|z[bcdfgjkmnpqrtvwx]|x[bdfgjkmnqrvwz]"
    "|[cdfghkmpw][jqxz]|b[qxz])"
)
"""Two letters that hardly follow each other in words, and often in random text."""
_NO_PATH = (
    "(?!/*+(?:(?<=/)[a-z][a-z0-9._]*+|[a-z]{4,}+)/"
    "|[A-Za-z0-9+/]*?(?<![A-Za-z0-9])[0-9a-f]{16,}+(?![A-Za-z0-9]))"
)
"""No word and a slash, nor hexadecimal digits between slashes: that is a path, each segment its own."""
FORMS = (
    Form(
        "uuid", rf"{_START}(?i:[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}){_END}", "[0-9a-fA-F-]{36}"
    ),
    Form(  # weak (RFC 9110), or nothing else: any text may be in quotes
        "etag", r"""\bW/"[^"\s]+"|\A"[^"\s]*\d[^"\s]*"\Z""", r"""(?:W/)?"[^"\s]+\""""
    ),
    Form("parts", rf"{_START}[0-9a-f]{{32}}-\d{{1,5}}{_END}", r"[0-9a-f]{32}-\d+"),  # S3's, of several parts
    Form("xray", rf"{_START}1-[0-9a-f]{{8}}-[0-9a-f]{{24}}{_END}", "1-[0-9a-f]{8}-[0-9a-f]{24}"),
    Form("date", dates.FOUND, "[A-Za-z0-9,:./+ _-]+"),
    Form("folders", dates.IN_PATHS, r"[\w/=-]+"),
    Form(
        "datetime",
        r"""(?<!\d)(?<!\d\.)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[_-]?(?:[01]\d|2[0-3])(?:[0-5]\d){2}
        (?:[._-]?\d{3}(?:\d{3})?)?(?!\d)""",
        r"\d{8}[_-]?\d{6}(?:[._-]?\d+)?",
    ),
    Form("week", rf"{_START}(?:19|20)\d\d-?W[0-5]\d(?:-?[1-7])?{_END}", r"\d{4}-?W\d\d(?:-?\d)?"),
    Form(  # ISO 8601, and the way of Go, from two units on
        "duration",
        rf"""{_START}-?P(?=T?\d)(?:\d++(?:\.\d++)?[YMWD])*+(?:T(?:\d++(?:[.,]\d++)?[HMS])++)?+{_END}
        |{_START}{_SPAN}{_SPAN}++{_END}""",
        r"-?[\w.,]+",
    ),
    Form("spaced", rf"{_START}{_SPAN}(?:\ {_SPAN})++{_END}", r"\d[\w.]*(?:\s\d[\w.]*)+"),
    Form("scientific", rf"{_SIGN}(?<![\w.])\d++(?:\.\d++[eE][+-]?|[eE][+-])\d++{_END}", NUMBER, "values"),
    Form(  # of threads, and of the processes of pools, as Python numbers them
        "worker",
        "(?:" + "|".join(rf"(?<=\b{name})" for name in _WORKERS) + rf")\d+(?:_\d+)?{_END}",
        r"\d+(?:_\d+)?",
    ),
    Form("describe", r"(?<=\d)-\d+-g[0-9a-f]{7,40}\b", r"-\d+-g[0-9a-f]+"),  # git's: commits since a tag
    Form("account", r"(?<=:)\d{12}(?=:)|\b\d{12}(?=\.dkr\.ecr\.)", r"\d{12}"),  # AWS's
    Form("mac", r"(?<![\w:.-])[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}(?![\w:-])", r"[0-9a-fA-F:-]{17}"),
    Form(
        "clock",
        rf"""{dates.TIME_BEFORE}(?:\d+\ days?,\ )?
        (?:\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?|\d:\d\d:\d\d(?:[.,]\d+)?){dates.TIME_AFTER}""",
        r"(?:\d+ days?, )?[\d:.,]+",
    ),
    Form("address", rf"(?<![\w.])(?!127\.|0\.){_OCTET}(?:\.{_OCTET}){{3}}(?!\w|\.\d)", r"[\d.]+"),
    Form("loopback", rf"(?<![\w.])(?:127|0)(?:\.{_OCTET}){{3}}(?!\w|\.\d)", r"[\d.]+", "messages"),
    Form(
        "ipv6",
        rf"""(?<![\w:.])(?=[0-9a-fA-F:]*\d)(?!::1\b)(?:(?:{_GROUP}:){{7}}{_GROUP}|(?=(?:[0-9a-fA-F]*:){{2,7}}[0-9a-fA-F]*(?![\w:]))
        (?:{_GROUP}(?::{_GROUP})*+)?::(?:{_GROUP}(?::{_GROUP})*+)?)(?:\.\d{{1,3}}){{0,3}}(?:%\w+)?(?![\w:])""",
        r"[0-9a-fA-F:.]+(?:%\w+)?",
    ),
    Form("host", rf"(?<=[a-z0-9]-){_OCTET}(?:-{_OCTET}){{3}}(?!\w|-\d)", r"\d+(?:-\d+){3}"),  # of AWS
    Form("pointer", r"\b0x[0-9a-fA-F]+\b", "0x[0-9a-fA-F]+"),
    Form("temporary", r"(?<=/)tmp[a-z0-9_]{8}(?!\w)", r"tmp\w{8}"),
    Form(
        "directory",
        r"""(?<=/tmp/)(?:[^/\s"'?\#]+(?=/)|(?=[\w.-]*\d)[\w.-]+)|(?<=/pytest-)\d+(?=/)""",
        "[^/]+",
    ),
    Form(
        "pod", rf"(?<=[a-z0-9]-){_KUBERNETES}{{6,10}}-{_KUBERNETES}{{5}}{_END}", "[a-z0-9]{6,10}-[a-z0-9]{5}"
    ),
    Form(
        "hex",
        rf"{_START}{_NO_COLOUR}(?:(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{{8,}}|[0-9a-f]{{16,}}){_END}",
        "[0-9a-f]+",
    ),
    Form(
        "ulid",
        rf"{_START}[0-7](?:[0-9A-HJKMNP-TV-Z]{{25}}|[0-9a-hjkmnp-tv-z]{{25}}){_END}",
        "[0-7][0-9A-Za-z]{25}",
    ),
    Form(  # of one case, as cuid, xid and base32 are: words change to digits and back once at most
        "single",
        rf"""{_START}(?=(?:[a-z]*+\d++[a-z]++){{2}})[a-z0-9]{{20,64}}{_END}
        |{_START}(?=(?:[A-Z]*+\d++[A-Z]++){{2}})[A-Z0-9]{{20,64}}{_END}""",
        "[0-9A-Za-z]+",
    ),
    Form(  # base64 with its padding, before what would take a part of it
        "padded",
        rf"""{_START}(?=[A-Za-z0-9+/]{{0,30}}[A-Z])(?=[A-Za-z0-9+/]{{0,30}}[a-z])(?:[A-Za-z0-9+/]{{4}}){{3,50}}
        (?:[A-Za-z0-9+/]{{2}}==|[A-Za-z0-9+/]{{3}}=)(?=[\s"',;&)\]}}]|\Z)""",
        r"[\w+/=-]+",
    ),
    Form(  # base64 without padding, as of 24 bytes; or url-safe with more - and _ than a token has
        "base64",
        rf"""{_START}(?<![+/=]){_NO_PATH}(?=(?:[+/]*+{_RUN}){{12}})(?![A-Za-z0-9+/]*{_WORDS})
        (?:[A-Za-z0-9+/]{{4}}){{8,50}}(?![A-Za-z0-9+/=_-])
        |{_START}(?<![+/=]){_NO_PATH}(?=[A-Za-z0-9]*+[+/])(?=(?:[+/]*+{_RUN}){{10}})(?![A-Za-z0-9+/]*{_WORDS})
        (?:[A-Za-z0-9+/]{{4}}){{5,7}}(?![A-Za-z0-9+/=_-])
        |{_START}(?<![+_-])(?=(?:[_-]*+{_RUN}){{15}})(?!(?:[A-Za-z0-9]*[_-]){{6}})[A-Za-z0-9_-]{{32,200}}{_WHOLE}""",
        r"[\w+/=-]+",
    ),
    Form(
        "prefixed",
        rf"""(?:(?<=_)|(?<=-)|(?<![0-9a-zA-Z]))(?:{_PREFIXES})[_-](?:(?:live|test)_)?
        (?:(?=[a-zA-Z]*\d)(?={_RUN}{{4}})|(?={_RUN}{{5}}))
        (?:(?=[a-z0-9]++{_END})|(?![A-Za-z0-9]*{_WORDS}|[A-Z]?[a-z]{{3,}}[A-Z][a-z]{{3,}}))[A-Za-z0-9]{{10,64}}{_END}
        |{_START}[a-z]{{2,12}}_(?={_RUN}{{7}})(?![A-Za-z0-9]*{_WORDS}|[A-Z]?[a-z]{{3,}}[A-Z][a-z]{{3,}})
        [A-Za-z0-9]{{14,64}}{_END}""",
        r"[a-z]+[_-](?:(?:live|test)_)?[A-Za-z0-9]+",
    ),
    Form(  # so many changes of case and digits as no words have, in 20 characters
        "token",
        rf"""{_START}(?<!\+)(?=[\w-]{{0,30}}\d)(?=[\w-]{{0,30}}[A-Z])(?=[\w-]{{0,30}}[a-z])(?![A-Za-z0-9]*(?:[_-][A-Za-z0-9]*){{4}})
        (?=(?:[_-]*+(?:[A-Z]++|\d++|[a-z_-]++)){{10}})(?![\w-]*{_WORDS})[A-Za-z0-9_-]{{20,200}}{_WHOLE}
        |{_START}(?<!\+)(?=[\w-]{{0,30}}[A-Z])(?=[\w-]{{0,30}}[a-z])(?![A-Za-z0-9]*(?:[_-][A-Za-z0-9]*){{4}})
        (?=(?:[_-]*+(?:[A-Z]++|\d++|[a-z_-]++)){{8}})(?=(?:[\w-]{{0,40}}?{_RARE}){{2}})(?![\w-]*{_WORDS})
        [A-Za-z0-9_-]{{20,200}}{_WHOLE}""",
        r"[\w+/=-]+",
    ),
    Form(
        "measured",
        rf"""{_SIGN}(?<![\w.]){_FIGURES}
        (?=\ ?(?:(?:[nuµμm]?s|secs?|(?:milli|micro|nano)?seconds?|mins?|minutes?|[kKMGT]i?B)\b
        |(?:hour|day|week|month|year)s?\ ago\b|%(?![0-9a-fA-F]{{2}})))""",
        NUMBER,
        "values",
    ),
    Form("epoch", r"\b1\d{9}(?:\d{3}){0,2}(?:\.\d+)?\b", r"\d+(?:\.\d+)?", "values"),
    # One of 43 random ids of 8 hexadecimal digits has no letter.
    Form("digits", rf"{_START}(?<!\d\.){_NO_COLOUR}\d{{8,15}}{_END}", "[0-9a-f]+", "values"),
    Form("decimal", rf"{_SIGN}(?<![\w.])\d++\.\d{{5,}}(?![\w.])", NUMBER, "values"),
    Form(  # libpq, errors of sockets, and of whoever listens
        "port",
        r"(?:(?<=:)|(?<=\bport=)|(?<=\bport\ )|(?<=\bport:\ )|(?<=\d',\ ))\d{2,5}(?![\d.:])",
        r"\d+",
        "values",
    ),
    Form("process", r"(?<=[a-zA-Z]\[)\d{3,7}(?=\])", r"\d+", "values"),  # as syslog writes it
    Form("ids", r"(?<=\bIN\ \()(?=[^)]*\d{5})\d+(?:,\ ?\d+)*(?=\))", r"\d+(?:, ?\d+)*", "values"),  # of SQL
    Form(  # in a path, of whom or what it says, and in SQL: a limit is said
        "id",
        rf"""(?:(?<=/)|(?<=[iI]d=)|{_OWNERS}|(?<=[iI]d\ =\ )|(?<=\ =\ ')|(?<=\w='))\d{{5,}}
        (?=[/?\#&.;,)'\s]|\Z)""",
        r"\d+",
        "values",
    ),
    Form(  # a word of several numbers: half of an id says nothing
        "code",
        rf"""{_START}(?<!\d\.)(?!\d++[eE]\d++{_END})(?:\d++[A-Za-z]++\d|[A-Z]++\d++[A-Z]++\d|[A-Za-z]++\d++[A-Za-z]++\d{{4}})
        [0-9A-Za-z]*+""",
        "[0-9A-Za-z]+",
        "messages",
    ),
    Form("ordinal", rf"{_START}\d++(?:st|nd|rd|th){_END}", r"\d+(?:st|nd|rd|th)", "messages"),
    Form("list", rf"(?<=\[){_SIGN}{_FIGURES}(?:,\ ?{_SIGN}{_FIGURES})*(?=\])", r"[\d.,_ eE+-]+", "messages"),
    Form(  # behind letters only a version, or an id: s3 and utf8 are names
        "number",
        rf"""{_SIGN}(?:{_START}(?<!\d\.)(?<!HTTP/)(?<!%){_NO_STATUS}|(?<=[vV])(?<![0-9a-zA-Z].)(?=\d+\.\d)|(?<=[A-Za-z])(?=\d{{4}}))
        {_FIGURES}(?![0-9a-zA-Z]*\d|xx\b)""",
        NUMBER,
        "messages",
    ),
)
