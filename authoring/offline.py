"""Run a command without any network: `python -m authoring.offline make test`. Linux only; needs no
rights where user namespaces are allowed.

The command gets a network namespace of its own, which holds nothing but the loopback device that a
Jupyter kernel talks over.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence

# From <linux/sockios.h> and <linux/if.h>; used because `ip` (iproute2) is not installed everywhere.
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
INSIDE = "--inside"


def raise_loopback() -> None:
    """Bring up the device `lo` of this network namespace. Raises `PermissionError` outside a
    namespace of one's own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def devices() -> list[str]:
    """The network devices this process can see."""
    return [name for _, name in socket.if_nameindex()]


def can_unshare() -> bool:
    return (
        shutil.which("unshare") is not None
        and subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode
        == 0
    )


def with_sudo(command: Sequence[str]) -> str:
    """The same through sudo: root makes the namespace, and the command runs as the user again."""
    inner = f'{shlex.quote(sys.executable)} -m authoring.offline {INSIDE} sudo -u "$0" "$@"'
    return f'sudo unshare -n sh -c {shlex.quote(inner)} "$USER" {shlex.join(command)}'


def main(arguments: Sequence[str]) -> int:
    if not arguments or list(arguments) == [INSIDE]:
        print("Say what to run: python -m authoring.offline make test", file=sys.stderr)
        return 2
    if arguments[0] == INSIDE:
        if devices() != ["lo"]:
            print(
                f"Expected no network device but lo, found {devices()}; nothing was run.",
                file=sys.stderr,
            )
            return 1
        raise_loopback()
        print("No network from here on: the only device is lo.", flush=True)
        os.execvp(arguments[1], list(arguments[1:]))  # noqa: S606
    if not can_unshare():
        print(
            "This system lets an ordinary user make no network namespace. With sudo, from this "
            "folder:",
            file=sys.stderr,
        )
        print(f"  {with_sudo(arguments)}", file=sys.stderr)
        return 1
    # pip has nothing to do inside; should a rule call it all the same, it fails at once instead of
    # waiting for a network.
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_RETRIES": "0"}
    command = ["unshare", "-rn", sys.executable, "-m", "authoring.offline", INSIDE, *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
