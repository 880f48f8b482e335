"""The machine and the code that were measured, and how busy the machine was with other things."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from bondsim.store.provenance import software

_CPU_INFO = Path("/proc/cpuinfo")


def machine() -> dict[str, Any]:
    """CPU, cores, memory, system and versions, JSON-able; None for what cannot be found out."""
    from importlib.metadata import version

    return {
        "cpu": _cpu(),
        "cores": n_cores(),
        "memory_gb": None if (held := memory()) is None else round(held / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in ("numba", "llvmlite", "numpy", "mesa")},
        "software": software(),
    }


def n_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory() -> int | None:
    """Bytes of memory of the machine, None where that is not known."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def load() -> float | None:
    """Processes that wanted a core in the last minute, in the mean; None where not known."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _cpu() -> str | None:
    try:
        lines = _CPU_INFO.read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or None
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or None
