"""Writing a contract from a run."""

from harness.contract.write.build import SCHEMA_FILE, contract_text

__all__ = ["SCHEMA_FILE", "contract_text"]
