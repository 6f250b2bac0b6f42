"""Accepting what a run captured into its contract, comments kept."""

from __future__ import annotations

from collections.abc import Collection

from harness.contract.accept.changes import Change
from harness.contract.accept.document import Document
from harness.contract.accept.propose import proposals
from harness.contract.load import parse_contract
from harness.errors import ConfigurationError, ContractError
from harness.model import RunRecord

_MOST_ROUNDS = 3

__all__ = ["Change", "accepted_text", "proposals"]


def accepted_text(
    text: str, record: RunRecord, only: Collection[str] = (), *, file: str = "contract"
) -> tuple[str, list[Change], list[Change]]:
    """Return a contract's text after the changes, the changes made, and those that were not.

    Args:
        only: Ids of the changes to make; by default all that the run contradicts the file in.
        file: How errors name it.

    Raises:
        ContractError: The text is no contract.
        ConfigurationError: There is no change with one of these ids.
    """
    new, made, left = _round(text, record, only, file)
    for _ in range(_MOST_ROUNDS if made and not only else 0):
        # What moved, or has another name now, may be otherwise, too.
        new, more, left = _round(new, record, (), file)
        made += more
        if not more:
            break
    return new, made, left


def _round(
    text: str, record: RunRecord, only: Collection[str], file: str
) -> tuple[str, list[Change], list[Change]]:
    """Return the same of changes that are seen at once."""
    contract = parse_contract(text, file=file)
    document = Document(text, file)
    changes = proposals(contract, document, record)
    known = {change.id for change in changes}
    for wanted in only:
        if wanted not in known:
            raise ConfigurationError(
                f"no change {wanted!r}; known: {', '.join(sorted(known)) or 'there is none'}"
            )
    made = [change for change in changes if (change.id in only if only else not change.asked)]
    for change in made:
        change.apply()
    return _rewritten(document, file) if made else text, made, [c for c in changes if c not in made]


def _rewritten(document: Document, file: str) -> str:
    """Return the file's new text, once it is known to be a contract: the one before is replaced by it."""
    text = document.text()
    try:
        parse_contract(text, file=file)
    except ContractError as error:
        raise ConfigurationError(
            f"{file}: nothing was changed: the accepted changes would leave no valid contract ({error});"
            " accept fewer of them (--only ID), or edit the file"
        ) from error
    return text
