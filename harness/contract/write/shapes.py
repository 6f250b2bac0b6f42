"""Many captured nodes as one: what all of them have, and what some have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.contract.messages import forms_of
from harness.contract.write.names import Named, entry, names_of, written
from harness.contract.write.routes import with_document_routes, with_span_routes
from harness.contract.write.siblings import parts_told_apart, told_apart
from harness.contract.write.trees import Trees
from harness.contract.write.volatile import expected_entry, mapping_of
from harness.contract.write.yaml_text import DIFFERS, Said
from harness.model import Segment, Span, Subsegment

_MOST_ALIKE = 3
"""Links of a span, and events of one name: how many a consumer of batches has depends on the traffic."""


def span_item(spans: Sequence[Span], trees: Trees) -> dict[str, Any]:
    """Return the item of spans of one name: details that all share, and what is below."""
    first = spans[0]
    item: dict[str, Any] = written("span", *(span.name for span in spans)) | one_or_several(
        "kind", {span.kind.value for span in spans}
    )
    if len({span.scope.name for span in spans}) == 1 and first.scope.name:
        item["scope"] = first.scope.name
    item |= trees.services.entry(spans)
    item |= one_or_several("status", {span.status.code.value for span in spans})
    item |= _status_message([span.status.message for span in spans])
    captured = [span.attributes for span in spans]
    if attributes := with_span_routes(mapping_of(captured), captured):
        item["attributes"] = attributes
    if events := _events(spans):
        item["events"] = events
    if links := _links(spans):
        item["links"] = links
    if children := child_items(spans, trees):
        item["children"] = children
    return item


def one_or_several(name: str, values: set[str]) -> dict[str, Any]:
    """Return the entry of a detail that has one value, or one of several.

    >>> one_or_several("status", {"unset"}), one_or_several("unit", {"s", "ms"})
    ({'status': 'unset'}, {'unit/one_of': ['ms', 's']})
    """
    several = sorted(values)
    return {name: several[0]} if len(several) == 1 else {f"{name}/one_of": several}


def _status_message(messages: Sequence[str]) -> dict[str, Any]:
    """Return the entry for a description that every span has: its form, or of several that there is one."""
    if not all(messages):
        return {}
    (operator, argument), *others = forms_of(messages)
    if others:
        return {"status_message/regex": "."}
    return {"status_message" if operator == "is" else f"status_message/{operator}": argument}


def _events(spans: Sequence[Span]) -> list[Any]:
    """Return as many events of each name as every span has; where some have more, one more is optional."""
    forms = names_of(event.name for span in spans for event in span.events)
    found: list[Any] = []
    for name in sorted({forms[event.name] for span in spans for event in span.events}):
        of_name = [[event for event in span.events if forms[event.name] == name] for span in spans]
        for events in parts_told_apart(of_name):
            attributes = mapping_of([event.attributes for some in events for event in some])
            said: dict[str, Any] = entry("event", name) | ({"attributes": attributes} if attributes else {})
            required, optional = _numbers(list(map(len, events)))
            plain = said["event"] if list(said) == ["event"] else said
            found += [plain] * required + [said | {"presence": "optional"}] * optional
    return found


def _links(spans: Sequence[Span]) -> list[dict[str, Any]]:
    """Return links as `_events` does events; they have no names."""
    found: list[dict[str, Any]] = []
    for links in parts_told_apart([span.links for span in spans]):
        required, optional = _numbers(list(map(len, links)))
        said = {"attributes": mapping_of([link.attributes for some in links for link in some])}
        found += [said] * required + [said | {"presence": "optional"}] * optional
    return found


def _numbers(counts: Sequence[int]) -> tuple[int, int]:
    """Return how many parts are required, and how many optional: one says that some have more."""
    required = min(_MOST_ALIKE, *counts)
    return required, int(required < min(_MOST_ALIKE, max(counts)))


def document_item(documents: Sequence[Segment | Subsegment], trees: Trees) -> dict[str, Any]:
    """Return the item of segments, or subsegments, of one name."""
    first = documents[0]
    noun = "segment" if isinstance(first, Segment) else "subsegment"
    item: dict[str, Any] = dict(written(noun, *(document.name for document in documents)))
    namespaces = {getattr(document, "namespace", None) for document in documents}
    if namespaces != {None} and len(namespaces) == 1:
        item["namespace"] = namespaces.pop()
    for flag in ("error", "fault", "throttle"):
        values = {getattr(document, flag) for document in documents}
        if len(values) == 1:
            item[flag] = values.pop()
    item |= _cause([document.cause for document in documents])
    item |= _called(documents)
    for name in ("origin", "user"):
        item |= _text(name, [getattr(document, name, None) for document in documents])
    for name, depth in (
        ("annotations", 1), ("aws", 2), ("http", 2), ("metadata", 2), ("service", 1), ("sql", 1),
    ):  # fmt: skip
        captured = [getattr(document, name, None) or {} for document in documents]
        if described := mapping_of(captured, depth):
            is_http = name == "http"
            item[name] = with_document_routes(described, captured, trees.routes) if is_http else described
    if children := child_items(documents, trees):
        item["subsegments"] = children
    return item


def _called(documents: Sequence[Segment | Subsegment]) -> dict[str, Any]:
    """Return the entry of segments that were all made below a call of another service, whose id differs."""
    are_called = all(isinstance(document, Segment) and document.parent_id for document in documents)
    return {"parent_id/present": True} if are_called else {}


def _cause(captured: Sequence[dict[str, Any] | str | None]) -> dict[str, Any]:
    """Return the entry for what went wrong: the types of exceptions; nothing where nothing ever did."""
    forms: list[Any] = []
    for cause in captured:
        if (form := _cause_form(cause)) not in forms:
            forms.append(form)
    forms.sort(key=repr)
    if forms == [None]:
        return {}
    if len(forms) > 1:
        return {"cause/any_of": forms}
    (form,) = forms
    return {"cause/type": form["type"]} if "type" in form else {"cause": form}


def _cause_form(cause: dict[str, Any] | str | None) -> dict[str, Any] | None:
    if cause is None:
        return None
    if isinstance(cause, str):  # the id of an exception that a child has
        return {"type": "str"}
    exceptions = cause.get("exceptions")
    if not isinstance(exceptions, list) or not all(isinstance(one, dict) for one in exceptions):
        return {"type": "dict"}
    return {
        "exceptions": [
            {"type": one["type"]} if isinstance(one.get("type"), str) else {} for one in exceptions
        ]
    }


def _text(name: str, captured: Sequence[str | None]) -> dict[str, Any]:
    texts = [text for text in captured if text is not None]
    return dict([expected_entry(name, texts, always=len(texts) == len(captured))]) if texts else {}


def item_of(nodes: Sequence[Any], trees: Trees) -> dict[str, Any]:
    """Return the item of nodes of one name, spans or documents."""
    return span_item(nodes, trees) if isinstance(nodes[0], Span) else document_item(nodes, trees)


def child_items(parents: Sequence[Any], trees: Trees) -> list[dict[str, Any]]:
    """Return an item for each name below; how often it occurs, and whether always."""
    forms = names_of(child.name for parent in parents for child in trees.below(parent))
    groups: dict[tuple[Any, ...], dict[int, list[Any]]] = {}
    for number, parent in enumerate(parents):
        for child in trees.below(parent):
            group = groups.setdefault(_identity(child, forms[child.name], trees), {})
            group.setdefault(number, []).append(child)
    found: list[dict[str, Any]] = []
    for key in sorted(groups, key=repr):
        by_parent = list(groups[key].values())
        if len(by_parent) < len(parents):
            by_parent.append([])  # one for all that have none
        found += (_child_item(alike, trees) for alike in told_apart(by_parent, trees))
    return found


def _identity(node: Any, name: Named, trees: Trees) -> tuple[Any, ...]:
    if isinstance(node, Span):
        return name, node.kind.value, node.scope.name, trees.services.name_of(node)
    return name, getattr(node, "namespace", None)


def _child_item(by_parent: Sequence[Sequence[Any]], trees: Trees) -> dict[str, Any]:
    item = item_of([child for children in by_parent for child in children], trees)
    numbers = {len(children) for children in by_parent}
    if 0 in numbers:
        item["presence"] = "optional"
    counted = child_count(numbers - {0})
    return item | (dict([counted]) if counted else {})


def child_count(numbers: set[int]) -> tuple[str, Any] | None:
    """Return the entry for how many children of a name there are, None when it is always one.

    >>> child_count({2}), child_count({1})
    (('count', 2), None)
    """
    if numbers == {1}:
        return None
    if len(numbers) == 1:
        return "count", numbers.pop()
    return "count/ge", Said(1, DIFFERS)  # how many there are may differ from run to run
