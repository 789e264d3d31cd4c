"""The decisions about the engine's settings, each measured."""
