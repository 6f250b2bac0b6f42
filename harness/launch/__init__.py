"""Apps as their own processes and containers, and the receivers they send to."""

from harness.launch.app import App

__all__ = ["App"]
