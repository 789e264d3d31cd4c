"""A fine-tune as a job on the cluster that serves: killed, it ends as one that was not."""

import threading
import time
from pathlib import Path

import psutil
import pytest

from scripts.train import submit
from tests.live import LiveSystem, wait_for
from tests.train.runs import silent, tiny_config, write_config
from train_jobs.progress import read_progress
from train_jobs.run_files import RECORD, read_json
from train_jobs.sft import train

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


def test_a_job_whose_worker_is_killed_ends_with_the_same_losses(
    live_system: LiveSystem, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = tiny_config(tmp_path, max_steps=40, save_steps=4)
    train(config, tmp_path / "alone", silent)
    path = write_config(tmp_path / "config.yaml", config)
    run = tmp_path / "runs" / "job"
    killer = threading.Thread(target=kill_a_worker, args=(run,))
    killer.start()
    job = ["--config", str(path), "--runs", str(run.parent), "--name", run.name]
    status = submit(
        live_system.settings, f"test-{time.time_ns()}", [*job, "num_workers=1", "cpus=0.1"]
    )
    killer.join()
    said = capfd.readouterr().out
    assert status == 0, said
    assert "step 40/40" in said
    record = read_json(run / RECORD)
    assert dict(record["losses"]) == pytest.approx(
        dict(read_json(tmp_path / "alone" / RECORD)["losses"]), rel=1e-3
    )


def kill_a_worker(run: Path) -> None:
    """Kill the process that trains, once there is a checkpoint to go on from."""
    wait_for(lambda: len(read_progress(run)) >= 6, "six steps")
    workers = [
        process
        for process in psutil.process_iter(["cmdline"])
        if any("RayTrainWorker" in word for word in process.info["cmdline"] or ())
    ]
    assert workers
    for worker in workers:
        worker.kill()
