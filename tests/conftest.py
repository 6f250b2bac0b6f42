"""Settings of the harness's own tests."""

from hypothesis import HealthCheck, settings

# Machines are shared: how long an example takes says nothing about it.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")
