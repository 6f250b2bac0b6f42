"""Asks the backend for two pages; run with a Python whose instrumentation has another version than ours."""

from fixtures.backend_flask import create_app

client = create_app().test_client()
for path in ("/api/activities/home", "/api/activities/@andrewbrown"):
    client.get(path, headers={"X-Amzn-Trace-Id": "Sampled=1"})
