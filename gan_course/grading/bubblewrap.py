"""The program that makes sandboxes: where it is, and what to do where it does not work."""

from __future__ import annotations

import re
import shutil

REFUSED = "submissions are graded in a sandbox only, and bubblewrap, which makes it, {trouble}"
# By how the last line begins that is said where it fails. The first: Debian's README of bubblewrap,
# https://ubuntu.com/blog/ubuntu-23-10-restricted-unprivileged-user-namespaces, and for containers
# https://github.com/containers/bubblewrap/issues/505.
WAYS_OUT = {
    r"bwrap: .*(namespace|ermission denied|not permitted)": "this system keeps it from making "
    "namespaces. On Debian `sudo sysctl kernel.unprivileged_userns_clone=1` allows them, on Ubuntu "
    "24.04 `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`; start a container with "
    "--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined",
    r"bwrap: Unknown option": "it is older than 0.8, the first that the grader can use",
    "": "the course does not start in it. Use the environment that `make lab` makes",
}


class NoSandbox(RuntimeError):  # noqa: N818
    """There is no bubblewrap, or it does not work here."""


def expect() -> str:
    """Where bubblewrap is; `NoSandbox` where it is not, for nothing stands in for it."""
    if found := shutil.which("bwrap"):
        return found
    way_out = "apt-get install bubblewrap (dnf, pacman and zypper know it by the same name; "
    way_out += "it needs Linux)"
    raise NoSandbox(REFUSED.format(trouble=f"is not installed: {way_out}"))


def refusal(said: str) -> NoSandbox:
    """The error for a sandbox that did not start; `said` is the last line of what it said."""
    way_out = next(way for words, way in WAYS_OUT.items() if re.match(words, said))
    return NoSandbox(REFUSED.format(trouble=f"fails here ({said}): {way_out}"))
