"""Watching: a store's changes as they come, and the site brought up to date for each."""
