from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "matplotlib",
    "torchvision",
    "scipy",
    "ipywidgets",
    "torchmetrics",
    "sklearn",
    "lightning_fabric",
)


def test_importing_metrics_loads_no_heavy_library() -> None:
    code = (
        f"import sys, gan_course.metrics; print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_measuring_loads_no_scipy() -> None:
    code = (
        "import sys, torch; from gan_course.metrics import frechet_distance, judge; judge()\n"
        "frechet_distance(torch.randn(9, 4), torch.randn(9, 4)); print('scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
