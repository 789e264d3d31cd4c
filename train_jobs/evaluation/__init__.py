"""What notes are worth: sessions, baselines, measures with their intervals, and the report."""
