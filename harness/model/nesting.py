"""How deep the values are that telemetry carries: attributes, metadata, log bodies.

An app may send anything, and whoever compares, draws or writes a value walks it.
"""

MAX_DEPTH = 100
"""Levels of mappings and sequences that are kept of one value."""
TOO_DEEP = f"(nested deeper than {MAX_DEPTH} levels)"
"""Stands for what is below them."""
CYCLE = "(refers to itself)"
"""Stands for a container inside itself."""
