"""`python -m scripts.first_token`: llama.cpp's proof with the model that the settings name."""

import sys

from deployments.config import load_settings
from models.gguf.first_token import first_token
from models.registry import ModelRegistry

if __name__ == "__main__":
    registry = ModelRegistry(load_settings().store_dir)
    sys.stdout.write(f"{first_token(registry.resolve('notes').model_path)}\n")
