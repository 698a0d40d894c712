"""Stores on disk (or in memory) to values of `reportgen.model`."""
