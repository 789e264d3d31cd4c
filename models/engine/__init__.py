"""Many notes at once over one llama.cpp context."""
