"""What the Makefile's verbs call."""
