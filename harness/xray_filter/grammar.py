"""The grammar. Imported when the first filter is parsed: lark takes 40 ms to import.

`AND` binds tighter than `OR`; parts side by side are joined by `AND`. Keywords
and word operators are in any case: the guide's own examples have
``responseTime`` and ``and``.
"""

from __future__ import annotations

import re
from typing import Any

from lark import Lark, Token, Transformer, v_args

from harness.errors import FilterError
from harness.xray_filter import check
from harness.xray_filter.expression import (
    And,
    Comparison,
    Edge,
    Expression,
    Holds,
    Keyword,
    Not,
    Or,
    Service,
    ServiceId,
    Value,
)

GRAMMAR = r"""
start: _or
_or: or_
?or_: and_ (_OR and_)*
?and_: _term (_AND? _term)*
_term: not_ | part
not_: (_BANG | _NOT) _term
?part: "(" or_ ")"
     | comparison
     | service
     | edge
comparison: (NAME | ANNOTATION) [OPERATOR value]
?value: STRING | NUMBER | BOOLEAN
service: _SERVICE "(" [id] ")" [_block]
edge: _EDGE "(" id "," id ")" [_block]
_block: "{" or_ "}"
id: STRING
  | _ID "(" pair ("," pair)* ")"
pair: NAME ":" STRING

_AND.3: /AND(?![\w.])/i
_OR.3: /OR(?![\w.])/i
_NOT.3: /NOT(?![\w.])/i
_BANG: /!(?!=)/
_SERVICE.3: /service(?![\w.])/i
_EDGE.3: /edge(?![\w.])/i
_ID.3: /id(?![\w.])/i
OPERATOR.3: /<=|>=|!=|[<>=]|(CONTAINS|BEGINSWITH|ENDSWITH)(?!\w)/i
BOOLEAN.3: /(true|false)(?![\w.])/i
NUMBER: /[-+]?(\d+(\.\d+)?|\.\d+)([eE][-+]?\d+)?(?![\w.])/
STRING: /"(\\.|[^"\\])*"/s
ANNOTATION.3: /annotation(\[[^\]]+\]|\.[^\s!=<>(){}\[\]",]+)/i
NAME: /[A-Za-z_][\w.]*/

%import common.WS
%ignore WS
"""

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class _Builder(Transformer[Token, Any]):
    """From the parser's reductions to expressions."""

    def start(self, items: list[Any]) -> Expression:
        result: Expression = items[0]
        return result

    def or_(self, items: list[Expression]) -> Expression:
        return Or(tuple(items))

    def and_(self, items: list[Expression]) -> Expression:
        return items[0] if len(items) == 1 else And(tuple(items))

    def not_(self, items: list[Expression]) -> Expression:
        return Not(items[0])

    @v_args(inline=True)
    def comparison(self, name: Token, operator: Token | None, value: Token | None) -> Expression:
        keyword = _keyword(name)
        if operator is None or value is None:
            return Holds(keyword)
        found = _value(value)
        sign = operator.upper()
        check.comparison(keyword, (sign, _column(operator)), (found, str(value), _column(value)))
        return Comparison(keyword, sign, found)

    @v_args(inline=True)
    def service(self, identity: ServiceId | None, block: Expression | None = None) -> Expression:
        return Service(identity, block)

    @v_args(inline=True)
    def edge(self, source: ServiceId, target: ServiceId, block: Expression | None = None) -> Expression:
        return Edge(source, target, block)

    def id(self, items: list[Any]) -> ServiceId:
        if isinstance(items[0], Token):
            return ServiceId(_text(items[0]))
        return ServiceId(**check.pairs([(str(key), _text(value), _column(key)) for key, value in items]))

    def pair(self, items: list[Token]) -> tuple[Token, Token]:
        return items[0], items[1]


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _keyword(token: Token) -> Keyword:
    if token.type == "ANNOTATION":
        rest = token[len("annotation") :]
        dotted = rest.startswith(".")
        return check.annotation(rest[1:] if dotted else rest[1:-1], dotted=dotted, column=_column(token))
    return check.keyword(str(token), _column(token))


def _value(token: Token) -> Value:
    if token.type == "STRING":
        return _text(token)
    if token.type == "BOOLEAN":
        return token.lower() == "true"
    try:
        return float(token) if re.search(r"[.eE]", token) else int(token)
    except ValueError as error:  # Python reads no more than 4,300 digits
        raise FilterError(f"a number of {len(token)} digits cannot be read", _column(token)) from error


def _text(token: Token) -> str:
    return _ESCAPE.sub(r"\1", token[1:-1])


PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Builder(), maybe_placeholders=True)
