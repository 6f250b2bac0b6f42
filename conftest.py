"""The reference apps' fixtures, for the scenarios and the harness's own tests."""

pytest_plugins = [
    "fixtures.backend_flask.fixtures",
    "fixtures.backend_flask.images",
    "fixtures.journal_flask.fixtures",
    "pytester",
]
