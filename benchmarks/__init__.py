"""Benchmarks: a store made for measuring, and ratios measured side by side (README.md)."""
