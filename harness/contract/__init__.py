"""Contracts: what an app promises to emit, as a YAML file that is reviewed as a diff."""

from harness.contract.check import check_contract, checked_record
from harness.contract.items import Contract, Item, Operation
from harness.contract.load import load_contract, parse_contract
from harness.contract.pyproject import read_waivers
from harness.contract.told import finding_lines
from harness.contract.write import contract_text

__all__ = [
    "Contract",
    "Item",
    "Operation",
    "check_contract",
    "checked_record",
    "contract_text",
    "finding_lines",
    "load_contract",
    "parse_contract",
    "read_waivers",
]
