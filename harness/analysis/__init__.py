"""Pure functions of the run record: outcome, coverage, waterfalls."""
