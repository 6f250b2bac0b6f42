"""Report formats: each is one file here, or an entry point in ``harness.reports``.

A format is a module with

- ``NAME``: what ``--format`` calls it;
- ``FILE_NAME``: the file it becomes in the report directory, or None for a
  format that is read on a terminal;
- ``FROM_ROOT``: optional; True where paths are to be those from the root of the repository;
- ``render(record) -> str | bytes``: pure; the record is already redacted.
"""
