"""Settings of the harness's own tests."""

import os

from hypothesis import HealthCheck, settings

# Machines are shared: how long an example takes says nothing about it. In CI the same examples
# are tried each time, so that a red build is the change's; elsewhere new ones are searched for.
settings.register_profile(
    "shared",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("shared")
