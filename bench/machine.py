"""What a figure was measured on."""

import platform
from pathlib import Path

import psutil


def describe_machine() -> str:
    """Return the processor, its cores and the memory, as one line."""
    gib = psutil.virtual_memory().total / 2**30
    return f"{_processor()}, {psutil.cpu_count()} cores, {gib:.0f} GiB, {platform.system()}"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
