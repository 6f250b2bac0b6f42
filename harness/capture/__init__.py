"""Receivers and in-process watches: bytes and SDK objects arrive here.

Nothing here decides what telemetry means; a channel hands what arrived to the
bucket of the scenario that owns it.
"""
