"""Runs to numbers and tables worth showing; no disk, no HTML."""
