"""Who writes notes in a comparison: our engine, and the peers that it is measured against."""
