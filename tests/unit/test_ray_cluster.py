"""ray_cluster.yaml against Ray's own schema, and against what this system needs of it."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

FILE = Path(__file__).parents[2] / "ray_cluster.yaml"


@pytest.fixture(scope="module")
def cluster() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return loaded


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    spec = importlib.util.find_spec("ray")  # found, not imported: that would take seconds
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "autoscaler" / "ray-schema.json"
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def test_ray_accepts_the_file(cluster: dict[str, Any], schema: dict[str, Any]) -> None:
    jsonschema.validate(cluster, schema)


def test_the_schema_refuses_unknown_keys(cluster: dict[str, Any], schema: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError, match="min_workers"):
        jsonschema.validate({**cluster, "min_workers": 2}, schema)


def test_first_line_is_the_command_that_uses_the_file() -> None:
    assert FILE.read_text().startswith(f"# ray up -y {FILE.name}")


def test_the_machines_are_the_clinics_own(cluster: dict[str, Any]) -> None:
    provider = cluster["provider"]
    assert provider["type"] == "local"
    assert provider["head_ip"] not in provider["worker_ips"]
    # Ray refuses node types for machines that exist.
    assert "available_node_types" not in cluster


def test_every_node_asks_for_the_token(cluster: dict[str, Any]) -> None:
    assert "~/.ray/auth_token" in cluster["file_mounts"]
    starts = [*cluster["head_start_ray_commands"], *cluster["worker_start_ray_commands"]]
    for command in (each for each in starts if "ray start" in each):
        assert "RAY_AUTH_MODE=token" in command
        assert "RAY_USAGE_STATS_ENABLED=0" in command


def test_the_dashboard_stays_on_loopback(cluster: dict[str, Any]) -> None:
    assert "--dashboard-host=127.0.0.1" in cluster["head_start_ray_commands"][-1]
