"""What the benchmarks ask of the engine besides the product's own questions."""

from dataclasses import replace

from models.engine.params import GenerationRequest


def reading_only(request: GenerationRequest) -> GenerationRequest:
    """Return the same question with one token to write, so that nearly all of it is reading."""
    branches = (
        replace(branch, max_tokens=1, grammar=None, after=None) for branch in request.branches
    )
    return replace(request, branches=tuple(branches))
