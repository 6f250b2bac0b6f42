"""Subcommands, one file each.

A subcommand is a module with ``NAME``, ``HELP``, ``add_arguments(parser)`` and
``run(arguments) -> int``. What is slow to import, it imports in ``run``.
"""
