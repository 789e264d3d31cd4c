"""The product's own prompts, asked of the engine as a replica asks them."""

from dataclasses import replace

from bench.workload import TIMEOUT_S
from models.engine.params import BranchRequest, GenerationRequest, SamplingParams
from notes.prompt import Prompt


def request_for(
    prompt: Prompt,
    request_id: str,
    sampling: SamplingParams,
    *,
    timeout_s: float = TIMEOUT_S,
    adapter: str | None = None,
) -> GenerationRequest:
    """Return the question that a replica asks for a prompt."""
    branches = tuple(
        BranchRequest(branch.key, branch.text, branch.max_tokens, branch.grammar)
        for branch in prompt.branches
    )
    return GenerationRequest(request_id, prompt.prefix, branches, sampling, timeout_s, adapter)


def reading_only(request: GenerationRequest) -> GenerationRequest:
    """Return the same question with one token to write, so that nearly all of it is reading."""
    branches = (
        replace(branch, max_tokens=1, grammar=None, after=None) for branch in request.branches
    )
    return replace(request, branches=tuple(branches))
