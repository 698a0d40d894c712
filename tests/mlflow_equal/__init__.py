"""What MLflow reads and what reportgen reads, compared."""
