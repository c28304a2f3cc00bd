"""What code in a sandbox can see and do, and that there is no grading without one."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from gan_course.grading import sandbox as sandboxes
from gan_course.grading.bubblewrap import NoSandbox
from gan_course.grading.questions import grade
from gan_course.grading.sandbox import PACKAGE, Sandbox
from gan_course.practice.registry import find
from tests.grading.answers import solution

QUESTION = find("05.q1")
SEEDS = (901, 77)
LOOK = """
import os, sys
status = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines()
              if ':\\t' in line)
def writable(path):
    try: open(path + '/x', 'w').close()
    except OSError: return False
    return True
seen = {
    'root': sorted(os.listdir('/')),
    'beside': os.listdir(BESIDE),
    'etc': os.listdir('/etc') if os.path.exists('/etc') else [],
    'uid': os.getuid(),
    'capabilities': [status[name] for name in ('CapEff', 'CapPrm', 'CapBnd')],
    'new privileges': status['NoNewPrivs'],
    'writable': [path for path, _, _ in os.walk('/') if not path.startswith('/proc')
                 and writable(path)],
    'lesson': os.listdir(PRACTICE + '/lesson_05'),
    'processes': len([x for x in os.listdir('/proc') if x.isdigit()]),
    'home': os.path.expanduser('~'),
    'first to go': int(open('/proc/self/oom_score_adj').read()),
}
def critic_loss(real, fake): raise RuntimeError(repr(seen[KEY]))
generator_loss = critic_loss
"""


def seen(sandbox: Sandbox, key: str) -> object:
    """What a submission finds out about its surroundings, told in an exception."""
    places = f"PRACTICE, BESIDE = {str(PACKAGE / 'practice')!r}, {str(PACKAGE.parent)!r}"
    cell = f"{places}\nKEY = {key!r}\n{LOOK}"
    hint = grade(sandbox, QUESTION, [cell], SEEDS).hint
    assert "RuntimeError: " in hint, hint
    return ast.literal_eval(hint.partition("RuntimeError: ")[2])


def test_submission_runs_without_rights_and_alone(sandbox: Sandbox) -> None:
    assert seen(sandbox, "uid") != 0
    assert {int(x, 16) for x in seen(sandbox, "capabilities")[:2]} == {0}  # type: ignore[index]
    assert seen(sandbox, "new privileges") == "1"
    assert int(str(seen(sandbox, "processes"))) <= 4
    assert seen(sandbox, "home") == "/tmp"


def test_only_a_private_folder_can_be_written(sandbox: Sandbox) -> None:
    assert {path[:4] for path in seen(sandbox, "writable")} == {"/tmp"}  # type: ignore[attr-defined]


def test_neither_home_nor_answers_are_there(sandbox: Sandbox) -> None:
    bound = (PACKAGE, Path(sys.prefix), Path(sys.base_prefix))
    for key, folder in {"root": Path("/"), "beside": PACKAGE.parent}.items():
        ways = {p.relative_to(folder).parts[0] for p in bound if p.is_relative_to(folder)}
        others = set(seen(sandbox, key)) - ways  # type: ignore[call-overload]
        assert others <= (
            {"dev", "etc", "lib", "lib64", "proc", "tmp", "usr"} if key == "root" else set()
        )
    assert set(seen(sandbox, "etc")) <= {"ld.so.cache"}  # type: ignore[call-overload]
    assert seen(sandbox, "lesson") == []


def test_sandbox_that_has_ended_between_two_questions_starts_again(tmp_path: Path) -> None:
    with Sandbox() as own:
        for _ in range(2):
            assert grade(own, QUESTION, solution("05", tmp_path), SEEDS).points == QUESTION.points
            own._process.kill()  # type: ignore[union-attr]
            own._process.wait()  # type: ignore[union-attr]


def test_nothing_stays_for_the_next_student() -> None:
    cell = "open('/tmp/left', 'w').write('x')\ndef critic_loss(*given): raise RuntimeError"
    look = (
        "import os\ndef critic_loss(*given): raise RuntimeError(str(os.path.exists('/tmp/left')))"
    )
    with Sandbox() as one:
        grade(one, QUESTION, [cell], SEEDS)
    with Sandbox() as other:
        assert "False" in grade(other, QUESTION, [look], SEEDS).hint


def test_without_bubblewrap_nothing_is_graded_and_the_way_out_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    monkeypatch.setenv("PATH", str(tmp_path))
    with Sandbox() as own, pytest.raises(NoSandbox, match="apt-get install bubblewrap"):
        grade(own, QUESTION, [f"open({str(ran)!r}, 'w')"], SEEDS)
    assert not ran.exists()


@pytest.mark.parametrize(
    ("said", "way_out"),
    [
        ("bwrap: No permissions to create new namespace, likely because", "unprivileged_userns_c"),
        ("bwrap: setting up uid map: Permission denied", "apparmor_restrict_unprivileged_userns=0"),
        ("bwrap: Creating new namespace failed: Operation not permitted", "--cap-add SYS_ADMIN"),
        ("bwrap: Unknown option --disable-userns", "older than 0.8"),
        ("ModuleNotFoundError: No module named 'torch'", "make lab"),
        ("", "fails here (no word)"),
    ],
)
def test_bubblewrap_that_does_not_work_is_no_sandbox_either_and_the_way_out_is_said(
    said: str, way_out: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bwrap").write_text(f'#!/bin/sh\necho "{said}" >&2\nexit 1\n')
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with Sandbox() as own, pytest.raises(NoSandbox) as refused:
        grade(own, QUESTION, [], SEEDS)
    assert said in str(refused.value)
    assert way_out in str(refused.value)
    assert "apt-get" not in str(refused.value)


def test_root_that_can_become_nobody_else_grades_too() -> None:
    # as in a rootless container, whose root is an ordinary user outside
    look = "from tests.grading.test_sandbox import Sandbox, seen\nwith Sandbox() as own:\n"
    look += "    print(seen(own, 'uid'), seen(own, 'capabilities')[0])"
    words = ["unshare", "--user", "--map-root-user", sys.executable, "-c", look]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    assert said.stdout.split() == ["65534", "0" * 16], said.stderr


def test_where_memory_runs_out_a_submission_is_the_first_to_go(sandbox: Sandbox) -> None:
    assert seen(sandbox, "first to go") == 1000


def test_answer_that_asks_for_a_gpu_is_told_that_there_is_none(sandbox: Sandbox) -> None:
    cell = "def critic_loss(real, fake):\n    return fake.cuda().mean() - real.mean()\n"
    found = grade(sandbox, QUESTION, [f"{cell}generator_loss = critic_loss"], SEEDS)
    assert found.hint.startswith(
        "`critic_loss` asks for a GPU at line 2, `return fake.cuda().mean() - real.mean()`, and "
        "there is none where it is judged."
    )


def test_library_in_a_folder_for_temporary_files_is_not_hidden() -> None:
    words = sandboxes.command(sandboxes.Limits(), 3, "bwrap")
    assert words.index("--tmpfs") < words.index("--ro-bind")
    assert words[words.index("--tmpfs") + 1] == "/tmp"


HONEST_BUT_ODD = {
    "prints and warnings": "import warnings\nprint('x' * 1000); warnings.warn('careful')",
    "a thread that goes on": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    "other defaults": "torch.set_default_dtype(torch.float64); torch.manual_seed(0)",
    "a trouble in another cell": "1 / 0",
    "own checks": "from gan_course.practice import check, total\n"
    "check('05.q1', critic_loss, generator_loss); total('05', globals())",
}


@pytest.mark.parametrize("kind", HONEST_BUT_ODD)
def test_honest_but_odd_gets_full_marks(kind: str, sandbox: Sandbox, tmp_path: Path) -> None:
    cells = [*solution("05", tmp_path), HONEST_BUT_ODD[kind]]
    assert grade(sandbox, QUESTION, cells, SEEDS).points == QUESTION.points


def test_trouble_in_the_cell_of_one_question_leaves_the_others(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    cells = [
        cell.replace("return fake_scores.mean()", "return fake_scores.mean(")
        for cell in solution("05", tmp_path)
    ]
    first, second = (grade(sandbox, find(f"05.q{i}"), cells, SEEDS) for i in (1, 2))
    assert first.points == 0
    assert "`critic_loss` is not there. Cell" in first.hint
    assert "line 4: SyntaxError" in first.hint
    assert second.points == second.most
