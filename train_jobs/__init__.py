"""Training data and jobs."""
