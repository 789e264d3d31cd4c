"""The chat tags that `notes/prompt.py` writes are those of the models' own Jinja templates."""

from pathlib import Path

import jinja2
import pytest
from gguf import GGUFReader

from models.engine.llama_vocabulary import LlamaTokenizer
from notes.prompt import SYSTEM_TEXT, ChatFormat, format_prompt, render_example
from notes.style import STYLES, NoteStyle
from notes.transcript import Transcript, parse_transcript, render_turns

# Published with microsoft/Phi-3-mini-4k-instruct (tokenizer_config.json).
PHI3_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{'<|system|>\n' + message['content'] + '<|end|>\n'}}"
    "{% elif message['role'] == 'user' %}{{'<|user|>\n' + message['content'] + '<|end|>\n'}}"
    "{% elif message['role'] == 'assistant' %}"
    "{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}"
)
SESSION = parse_transcript("Therapist: How was your week?\nPatient: Hard, <very> hard.")
ANSWER = "Patient will keep a sleep diary this week."


def render(template: str, messages: list[dict[str, str]], *, is_open: bool) -> str:
    environment = jinja2.Environment(autoescape=False)
    return environment.from_string(template).render(
        messages=messages, add_generation_prompt=is_open, eos_token=""
    )


def messages_for(transcript: Transcript, instruction: str) -> list[dict[str, str]]:
    said = render_turns(transcript.turns).replace("<", "‹").replace(">", "›")
    return [
        {"role": "system", "content": SYSTEM_TEXT},
        {"role": "user", "content": f"Therapy session:\n\n{said}\n\n{instruction}"},
    ]


def check_all(template: str, chat_format: ChatFormat, style: NoteStyle) -> None:
    prompt = format_prompt(SESSION.turns, style, chat_format)
    answers = dict.fromkeys((branch.key for branch in prompt.branches), ANSWER)
    examples = render_example(SESSION.turns, style, chat_format, answers)
    for section, branch, example in zip(style.sections, prompt.branches, examples, strict=True):
        messages = messages_for(SESSION, style.instruction)
        heading = f"**{section.heading}:**" if section.heading else ""
        asked = render(template, messages, is_open=True)
        assert prompt.prefix + branch.text == asked + heading
        reply = f"{heading} {ANSWER}" if heading else ANSWER
        whole = [*messages, {"role": "assistant", "content": reply}]
        assert example.text + "\n" == render(template, whole, is_open=False)


@pytest.fixture(scope="module")
def default_template(default_model_path: Path) -> str:
    return str(GGUFReader(default_model_path).fields["tokenizer.chat_template"].contents())


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_chatml_is_the_template_of_the_default_model(
    default_template: str, style: NoteStyle
) -> None:
    check_all(default_template, ChatFormat.CHATML, style)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_phi3_is_the_published_template(style: NoteStyle) -> None:
    check_all(PHI3_TEMPLATE, ChatFormat.PHI3, style)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_prefix_and_branch_have_the_same_tokens_apart_and_together(
    default_model_path: Path, style: NoteStyle
) -> None:
    prompt = format_prompt(SESSION.turns, style, ChatFormat.CHATML)
    with LlamaTokenizer.load(default_model_path) as tokenizer:
        for branch in prompt.branches:
            apart = tokenizer.encode(prompt.prefix) + tokenizer.encode(branch.text)
            assert apart == tokenizer.encode(prompt.prefix + branch.text)
