"""`make train`: send a fine-tune to the running cluster, and watch it.

Interrupting ends the watching, not the training. The same command goes on with a run that was
killed, from its last checkpoint.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deployments.config import Settings, load_settings
from models.cache import user_cache
from notes.errors import NotesError
from scripts.errors import StartError
from scripts.ray_head import ROOT
from scripts.run_file import RunFile
from scripts.system import token_file

DEFAULT_CONFIG = Path("train_jobs/configs/default.yaml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status, which is the job's."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train", description=__doc__)
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="default: %(default)s")
    parser.add_argument("--name", default="notes", help="the run's; default: %(default)s")
    parser.add_argument(
        "--runs", type=Path, default=user_cache("runs"), help="default: %(default)s"
    )
    parser.add_argument("settings", nargs="*", metavar="name=value")
    options = parser.parse_args(arguments)
    job = ["--config", str(options.config), "--name", options.name]
    job += ["--runs", str(options.runs.resolve()), *options.settings]
    try:
        settings = load_settings()
        return submit(settings, f"train-{options.name}-{int(time.time())}", job)
    except NotesError as error:
        print(error, file=sys.stderr)
        return 1


def submit(settings: Settings, submission_id: str, job: Sequence[str]) -> int:
    """Submit the job and follow it; return its exit status. Raises StartError without a cluster."""
    run = RunFile.read(settings.data_dir)
    if run is None:
        raise StartError(reason="No cluster runs here. Start it with `make serve`.")
    ray = [sys.executable, "-m", "ray.scripts.scripts", "job"]
    address = ["--address", run.dashboard_url]
    command = [
        *(*ray, "submit", *address, "--submission-id", submission_id),
        *("--working-dir", str(ROOT), "--entrypoint-num-cpus", "0", "--"),
        *(sys.executable, "-m", "train_jobs.lora_sft", *job),
    ]
    environment = _environment(token_file(settings))
    try:
        return subprocess.run(command, env=environment, check=False, cwd=ROOT).returncode
    except KeyboardInterrupt:
        stop = " ".join(("ray job stop", *address, submission_id))
        print(f"\nThe training goes on. It is stopped by: {stop}", file=sys.stderr)
        return 130


def _environment(token: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token),
        "RAY_USAGE_STATS_ENABLED": "0",
    }


if __name__ == "__main__":
    sys.exit(main())
