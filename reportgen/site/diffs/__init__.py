"""Diffs of two runs: found by name, read from their stores, and in the forms they are shown in."""
