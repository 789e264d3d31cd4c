"""Mixed traffic on one engine for a long time, and a look for what leaks."""
