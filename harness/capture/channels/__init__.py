"""The channels: each module defines ``create(context)``."""
