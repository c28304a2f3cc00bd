"""A lesson of a few cells that runs in seconds, some of whose claims fail."""

from __future__ import annotations

from pathlib import Path

HEAD = """# %% [markdown]
# # A lesson

# %% tags=["parameters"]
seed = 0  # replaced by `gan-course verify`

# %%
import os
import time
from base64 import b64decode
from IPython.display import display


def claim(text, value, at_least):
    record = {"text": text, "value": value, "bound": at_least, "sense": ">="}
    record["passed"] = value >= at_least
    display({"application/vnd.gan-course.claim+json": [record], "text/plain": text}, raw=True)
    assert value >= at_least
"""
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
LESSON = (
    HEAD
    + f"""
# %%
claim("the seed is not negative", seed, at_least=0)

# %%
alone = os.environ["OMP_NUM_THREADS"] == "1" and os.path.exists("beside.txt")
claim("it works on one thread, in its own folder", float(alone), at_least=1)

# %% [markdown]
# ## What fails

# %%
claim("the seed is at least one", seed / 2, at_least=0.5)

# %%
if seed == 2:
    raise KeyError("another reason")
if seed != 1:
    claim("the seed is not one", 1.0, at_least=1)

# %% tags=["raises-exception"]
1 / 0

# %%
dot = '<img alt="a dot" src="data:image/png;base64,{PIXEL}">'
display({{"text/html": dot, "text/plain": "[picture]"}}, raw=True)
display({{"image/png": "{PIXEL}", "text/plain": "figure"}}, raw=True)
start = time.process_time()
while time.process_time() < start + 1:
    pass
"""
)


def write_lesson(root: Path, text: str) -> Path:
    source = root / "chapters" / "02_dcgan.py"
    source.parent.mkdir()
    source.write_text(text, encoding="utf-8")
    (source.parent / "beside.txt").touch()
    return source
