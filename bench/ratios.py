"""What a comparison comes down to: the measures that have a target, each as one figure."""

from collections.abc import Iterator, Sequence

from bench import measures as m
from bench.contenders import SERVER_BEST, SERVER_DEFAULT
from bench.peers.engine import NAME as ENGINE
from bench.results import Row, median_of, ratio

_LLAMA = "Llama, "


def ratios_of(rows: Sequence[Row]) -> dict[str, float]:
    """Return the ratios of medians that can be had from these rows, by name."""
    named = [*_of_throughput(rows), *_of_reuse(rows), *_of_process(rows)]
    return {name: value for name, value in named if value is not None}


def _of_throughput(rows: Sequence[Row]) -> Iterator[tuple[str, float | None]]:
    for words in _lengths(rows, m.RATE):
        end = _ending(words)
        ours = median_of(rows, m.RATE, ENGINE, words)
        llama = _best_llama(rows, m.RATE, words)
        yield f"notes_per_minute_vs_llama{end}", ratio(ours, llama)
        for who, name in ((SERVER_BEST, "best"), (SERVER_DEFAULT, "defaults")):
            server = median_of(rows, m.RATE, who, words)
            yield f"notes_per_minute_vs_llama_server_{name}{end}", ratio(ours, server)
        bound = _best_llama(rows, m.BOUND, words)
        yield f"prefill_bound_vs_llama{end}", ratio(bound, llama)
        yield f"share_of_prefill_bound{end}", ratio(ours, bound)
        alone = median_of(rows, m.ALONE, ENGINE, words)
        yield f"one_note_time_vs_llama{end}", ratio(alone, _quickest_llama(rows, words))


def _of_reuse(rows: Sequence[Row]) -> Iterator[tuple[str, float | None]]:
    names = {
        m.WARM: "warm_note",
        m.SECOND: "second_style",
        m.AGAIN: "regeneration",
    }
    for words in _lengths(rows, m.COLD):
        cold = median_of(rows, m.COLD, ENGINE, words)
        for measure, name in names.items():
            value = median_of(rows, measure, ENGINE, words)
            yield f"{name}_time_vs_cold_{words}", ratio(value, cold)


def _of_process(rows: Sequence[Row]) -> Iterator[tuple[str, float | None]]:
    shortest = min(_lengths(rows, m.ABOVE), default=None)
    yield "memory_above_file_and_cache_gb", _rounded(median_of(rows, m.ABOVE, ENGINE, shortest))
    yield "process_start_to_first_token_s", _rounded(median_of(rows, m.FIRST_TOKEN, ENGINE))
    yield "python_share_of_step", _rounded(median_of(rows, m.HOST, ENGINE, shortest))


def _best_llama(rows: Sequence[Row], measure: str, words: int) -> float | None:
    found = (row.median for row in rows if _is_llama(row, measure, words))
    return max(found, default=None)


def _quickest_llama(rows: Sequence[Row], words: int) -> float | None:
    found = (row.median for row in rows if _is_llama(row, m.ALONE, words))
    return min(found, default=None)


def _is_llama(row: Row, measure: str, words: int) -> bool:
    return row.who.startswith(_LLAMA) and (row.measure, row.words) == (measure, words)


def _lengths(rows: Sequence[Row], measure: str) -> list[int]:
    return sorted({row.words for row in rows if row.measure == measure})


def _ending(words: int) -> str:
    # The targets hold for sessions of 200 words; other lengths are named.
    return "" if words == 200 else f"_{words}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")
