"""What is compared: the engine's settings, one changed at a time from how production runs it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models.engine.params import EngineConfig, KVType
from scripts.ray_head import WAITING

# Read by GCC's OpenMP when llama.cpp is loaded; without any of them threads spin for a while.
VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
WAYS_TO_WAIT: Mapping[str, Mapping[str, str]] = {
    "passive": {"OMP_WAIT_POLICY": "passive"},
    "spin 0": {"GOMP_SPINCOUNT": "0"},
    "spin 1000": WAITING,
    "spin 10000": {"GOMP_SPINCOUNT": "10000"},
    "library's own": {},
}
QUICK_WAYS_TO_WAIT = ("passive", "spin 1000", "library's own")


@dataclass(frozen=True, slots=True)
class EngineSetting:
    """One way to run the engine; equal ones are measured once."""

    path: Path
    config: EngineConfig
    environment: tuple[tuple[str, str], ...] = tuple(WAITING.items())
    has_jumps: bool = True

    def changed(self, **changes: object) -> "EngineSetting":
        """Return this setting with another configuration of the engine."""
        return replace(self, config=replace(self.config, **changes))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Variant:
    """One side of an experiment; those that are not `is_quick` are left out of the short form."""

    label: str
    setting: EngineSetting
    is_quick: bool = True


@dataclass(frozen=True, slots=True)
class Experiment:
    """Variants that are compared. `has_pauses`: also how long a reader makes a writer wait."""

    name: str
    variants: tuple[Variant, ...]
    has_pauses: bool = False

    def short(self) -> "Experiment":
        """Return what the short form has of it."""
        return replace(self, variants=tuple(each for each in self.variants if each.is_quick))


def engine_experiments(
    base: EngineSetting, num_threads: int, models: Mapping[str, Path]
) -> Iterator[Experiment]:
    """Yield what the engine itself is run with; `models` are types of the same model.

    Where production's own setting is no variant, the last one is what others are held against.
    """
    with_it = base.changed(flash_attention=True, kv_type=KVType.F16)
    without_it = base.changed(flash_attention=False, kv_type=KVType.F16)
    small = base.changed(flash_attention=True, kv_type=KVType.Q8_0)
    yield Experiment("flash_attention", (Variant("on", with_it), Variant("off", without_it)))
    yield _numbers("max_running", base, (1, 2, 4, 8), quick=(1, 2))
    mixed = _numbers("mixed_tokens", base, (64, 128, 256, 512), quick=(64,))
    yield replace(mixed, has_pauses=True)
    yield _numbers("micro_batch_tokens", base, (64, 128, 256, 512), quick=(256,))
    # Both with flash attention, which the values in Q8_0 need.
    yield Experiment("kv_type", (Variant("q8_0", small), Variant("f16", with_it)))
    yield _numbers("threads", base, (1, num_threads), field="num_threads")
    yield Experiment("waiting", tuple(_waiting(base)))
    without_jumps = replace(base, has_jumps=False)
    yield Experiment("jump_forward", (Variant("on", base), Variant("off", without_jumps)))
    if models:
        yield Experiment("quantization", tuple(_types(base, models)))


def _numbers(
    name: str,
    base: EngineSetting,
    values: Sequence[int],
    quick: Sequence[int] = (),
    field: str | None = None,
) -> Experiment:
    """Return an experiment about one number; production's own is always part of it."""
    key = field or name
    own: int = getattr(base.config, key)
    variants = (
        Variant(str(value), base.changed(**{key: value}), value == own or value in quick)
        for value in sorted({*values, own})
    )
    return Experiment(name, tuple(variants))


def _waiting(base: EngineSetting) -> Iterator[Variant]:
    for name, variables in WAYS_TO_WAIT.items():
        setting = replace(base, environment=tuple(variables.items()))
        yield Variant(name, setting, is_quick=name in QUICK_WAYS_TO_WAIT)


def _types(base: EngineSetting, models: Mapping[str, Path]) -> Iterator[Variant]:
    for kind, path in models.items():
        yield Variant(kind, replace(base, path=path), is_quick=kind != "F16")
