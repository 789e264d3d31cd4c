"""Re-laying, exporting and quantizing GGUF files."""
