"""Serving: a preview of a built site on this machine, which tells open pages of changes."""
