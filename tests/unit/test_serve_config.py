"""serve_config.yaml is what Ray Serve and our own deployments accept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from ray.serve.schema import ServeDeploySchema

from deployments.loaded_engine import ReplicaConfig
from deployments.prompt_formatter import FormatterConfig
from models.engine.params import EngineConfig, SamplingParams
from notes.style import SECTIONS5

FILE = Path(__file__).parents[2] / "serve_config.yaml"
CONFIG: dict[str, Any] = yaml.safe_load(FILE.read_text())
DEPLOYMENTS = {each["name"]: each for each in CONFIG["applications"][0]["deployments"]}


def test_ray_serve_accepts_it() -> None:
    schema = ServeDeploySchema.model_validate(CONFIG)
    assert [app.import_path for app in schema.applications] == ["deployments.app:build_app"]


def test_it_begins_with_the_command_that_uses_it() -> None:
    assert FILE.read_text().startswith("# make serve")


def test_the_replicas_accept_their_configuration() -> None:
    config = ReplicaConfig.model_validate(DEPLOYMENTS["Phi3Replica"]["user_config"])
    formatter = FormatterConfig.model_validate(DEPLOYMENTS["PromptFormatter"]["user_config"])
    assert (config.model, config.engine.context_tokens) == (
        formatter.model,
        formatter.context_tokens,
    )


def test_sampling_and_engine_are_the_designs() -> None:
    config = ReplicaConfig.model_validate(DEPLOYMENTS["Phi3Replica"]["user_config"])
    sampling = config.sampling
    assert replace(sampling, temperature=0.7, retry_temperature=None) == SamplingParams()
    assert sampling.retry_temperature is not None
    assert sampling.temperature < sampling.retry_temperature <= 0.7
    assert replace(config.engine, max_sequences=64) == EngineConfig()


def test_the_pool_takes_what_runs_at_once_and_two_more() -> None:
    pool = DEPLOYMENTS["Phi3Replica"]
    engine = pool["user_config"]["engine"]
    assert pool["max_ongoing_requests"] == engine["max_running"] + 2
    # A note takes a slot for its prefix, one for each section and one to keep each question.
    assert engine["max_sequences"] >= engine["max_running"] * (1 + 2 * len(SECTIONS5.sections))
    assert pool["autoscaling_config"]["target_ongoing_requests"] <= engine["max_running"]
    assert pool["backpressure_config"]["status_code"] == 429
    assert pool["max_queued_requests"] > 0


def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    assert CONFIG["http_options"]["host"] == "127.0.0.1"
