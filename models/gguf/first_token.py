"""Shows that this build of llama.cpp runs here.

A miscompiled build dies at its first product of matrices, so `python -m scripts.first_token` runs
this in a child process.
"""

import os
from pathlib import Path

from llama_cpp import Llama

# Long enough for the code paths of long prompts, which are others than those of one token.
_NUM_PROMPT_TOKENS = 64


def first_token(path: Path) -> int:
    """Return the token that the model writes after a prompt."""
    threads = os.cpu_count() or 1
    model = Llama(
        str(path),
        n_ctx=256,
        n_threads=threads,
        n_threads_batch=threads,
        use_mmap=False,
        verbose=False,
    )
    try:
        tokens = model.tokenize(b"The patient " * _NUM_PROMPT_TOKENS, add_bos=False)
        model.eval(tokens[:_NUM_PROMPT_TOKENS])
        return int(model.sample(temp=0.0))
    finally:
        model.close()
