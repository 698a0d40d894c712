"""What changed between two built sites, and whether it may: summaries and the gate."""
