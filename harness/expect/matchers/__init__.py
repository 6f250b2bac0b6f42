"""Matchers: frozen values that stand where a plain value may stand."""
