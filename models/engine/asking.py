"""A prompt as what the engine is asked."""

from models.engine.params import BranchRequest, GenerationRequest, SamplingParams
from notes.prompt import Prompt


def request_for(
    prompt: Prompt,
    request_id: str,
    sampling: SamplingParams,
    *,
    timeout_s: float,
    adapter: str | None = None,
) -> GenerationRequest:
    """Return the request for all branches of a prompt."""
    branches = tuple(
        BranchRequest(branch.key, branch.text, branch.max_tokens, branch.grammar)
        for branch in prompt.branches
    )
    return GenerationRequest(request_id, prompt.prefix, branches, sampling, timeout_s, adapter)
