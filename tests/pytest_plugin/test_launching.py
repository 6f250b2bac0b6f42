"""The fixture `launch`: what it refuses before anything is started."""

from typing import Any

import pytest

from harness.errors import ConfigurationError
from harness.pytest_plugin.launching import Launcher


def test_a_lifecycle_without_stops_is_refused() -> None:
    nothing: Any = None

    with pytest.raises(ConfigurationError) as error:
        Launcher(nothing).lifecycle(nothing, nothing, stops=())

    assert str(error.value) == "lifecycle has no stops; give at least one signal: stops=(SIGTERM,)"
