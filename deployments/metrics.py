"""Prometheus metrics of the service, under the names that the design gives them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from models.engine.params import EngineStats

BUCKETS_S = (0.5, 1, 2, 5, 10, 15, 30, 45, 60, 90, 120, 300, 600)


class Metrics:
    """Counts of inferences in this process; the engines' gauges are read when asked for."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "inference_time_seconds",
            "Request to answer.",
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._prompt_tokens = self._counter("prompt_tokens", "Tokens read by the model.")
        self._generated_tokens = self._counter("generated_tokens", "Tokens written by the model.")
        # The client library renames a Counter to `…_total`; the design's names are fixed.
        self._success_rate = self._gauge("inference_success_rate", "Share without a fallback.")
        self._fallbacks = self._gauge("fallback_usage_count", "Answers by extract.")
        self._timeouts = self._gauge("timeout_count", "Inferences that passed their deadline.")
        self._load_s = self._gauge("model_load_time_seconds", "Loading the model, slowest replica.")
        self._memory = self._gauge("memory_usage_bytes", "Resident memory of all replicas.")
        self._running = self._gauge("queue_running_requests", "Requests in the engines.")
        self._waiting = self._gauge("queue_waiting_requests", "Requests waiting in the engines.")
        self._waiting_tokens = self._gauge(
            "queue_waiting_tokens", "Tokens waiting to be read or written."
        )
        self._free_slots = self._gauge("engine_free_slots", "Free sequences of all engines.")
        self._used_cells = self._gauge("engine_used_cache_tokens", "KV cells in use or reserved.")
        self._cells = self._gauge("engine_cache_tokens", "KV cells of all engines.")
        self._hits = self._gauge("engine_prefix_hit_tokens", "Tokens found in the cache, not read.")
        self._parked = self._gauge("engine_parked_bytes", "Prefixes that wait in host memory.")
        self._python = self._gauge("engine_python_share", "Step time outside llama.cpp, 0 to 1.")
        self.num_inferences = 0
        self.num_failures = 0
        self.total_s = 0.0

    def _counter(self, name: str, help_text: str) -> Counter:
        return Counter(name, help_text, registry=self._registry)

    def _gauge(self, name: str, help_text: str) -> Gauge:
        return Gauge(name, help_text, registry=self._registry)

    @property
    def success_rate(self) -> float:
        """Return the share of inferences that the model answered; 1.0 before the first."""
        if self.num_inferences == 0:
            return 1.0
        return 1.0 - self.num_failures / self.num_inferences

    @property
    def mean_s(self) -> float:
        """Return the mean seconds of the inferences that the model answered."""
        return self.total_s / max(1, self.num_inferences - self.num_failures)

    def succeeded(self, seconds: float, num_prompt_tokens: int, num_tokens: int) -> None:
        """Count an inference that the model answered."""
        self.num_inferences += 1
        self.total_s += seconds
        self._seconds.observe(seconds)
        self._prompt_tokens.inc(num_prompt_tokens)
        self._generated_tokens.inc(num_tokens)

    def fell_back(self, *, is_timeout: bool) -> None:
        """Count an inference that was answered by an extract."""
        self.num_inferences += 1
        self.num_failures += 1
        self._fallbacks.inc()
        if is_timeout:
            self._timeouts.inc()

    def render(self, engines: tuple[EngineStats, ...]) -> str:
        """Return Prometheus's text format."""
        self._success_rate.set(self.success_rate)
        self._load_s.set(max((engine.load_s for engine in engines), default=0.0))
        self._memory.set(sum(engine.memory_bytes for engine in engines))
        self._running.set(sum(engine.num_running for engine in engines))
        self._waiting.set(sum(engine.num_waiting for engine in engines))
        self._waiting_tokens.set(
            sum(engine.waiting_tokens + engine.waiting_new_tokens for engine in engines)
        )
        self._free_slots.set(sum(engine.free_slots for engine in engines))
        self._used_cells.set(sum(engine.used_cache_tokens for engine in engines))
        self._cells.set(sum(engine.cache_tokens for engine in engines))
        self._hits.set(sum(engine.num_hit_tokens for engine in engines))
        self._parked.set(sum(engine.parked_bytes for engine in engines))
        self._python.set(max((engine.python_share for engine in engines), default=0.0))
        return generate_latest(self._registry).decode()
