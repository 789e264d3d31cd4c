"""The clinical domain: transcripts, prompts, notes and risk. Standard library only."""
