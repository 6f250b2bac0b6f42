from __future__ import annotations

from hypothesis import HealthCheck, settings

# Time limits measure the machine, not the code: a busy one would fail tests at random.
settings.register_profile("expect", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("expect")
