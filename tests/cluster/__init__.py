"""Tests of the whole system as processes."""
