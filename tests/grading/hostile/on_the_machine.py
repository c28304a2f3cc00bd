"""Answers to 05.q1 that attack the machine: it, its files, its network, other submissions.

By its name, what each does once it is called, and what the report must say of it. CANARY and the
other names in capitals are put in by the test; SECRET stands in the canary.
"""

from __future__ import annotations

LEAK = "raise RuntimeError(''.join(seen))"
CALLS: dict[str, tuple[str, str]] = {
    "endless loop": ("while True: pass", "was ended: it computed for 2 seconds"),
    "endless loop that catches all": (
        """
while True:
    try:
        while True: pass
    except BaseException: pass""",
        "was ended: it computed for 2 seconds",
    ),
    "endless sleep": ("time.sleep(1e6)", "had not answered after 20 seconds"),
    "stopped clock": (
        """
time.time = time.monotonic = time.process_time = time.perf_counter = lambda: 0.0
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
while True: pass""",
        "was ended: it computed for 2 seconds",
    ),
    "fork bomb": (
        """
while True:
    try: os.fork()
    except OSError: pass""",
        "had not answered|ended|took .* MiB",
    ),
    "thread bomb": (
        """
while True:
    threading.Thread(target=time.sleep, args=(1e6,)).start()""",
        "can't start new thread",
    ),
    "memory hog": (
        "kept = [torch.ones(2**24) for _ in range(10**6)]",
        "took .* MiB of memory|alloc",
    ),
    "memory hog of many processes": (
        """
for _ in range(8):
    if not os.fork():
        kept = torch.ones(2**26)
        time.sleep(1e6)
time.sleep(1e6)""",
        "took .* MiB of memory",
    ),
    "disk hog": (
        """
for i in range(10**6):
    with open(f'/tmp/{i}', 'wb') as file: file.write(bytes(2**20))""",
        "No space left",
    ),
    "one large file": (
        """
with open('/tmp/x', 'wb') as file:
    while True: file.write(bytes(2**20))""",
        "File too large|No space left",
    ),
    "many open files": ("kept = [open('/dev/null') for _ in range(10**6)]", "Too many open files"),
    "output flood": ("for _ in range(500): print('x' * 10**6, file=sys.stderr)", "critic_loss"),
    "sys.exit": ("sys.exit(0)", "SystemExit"),
    "os._exit": ("os._exit(0)", r"ended its process \(exit code 0\)"),
    "interrupt": ("raise KeyboardInterrupt", "ended its process"),
    "crash": ("ctypes.string_at(0)", "SIGSEGV"),
    "kills its parent": (
        "os.kill(os.getppid(), signal.SIGKILL); time.sleep(1e6)",
        "ended the process that watches over it",
    ),
    "kills all": ("os.kill(-1, signal.SIGKILL); time.sleep(1e6)", "ended"),
    "stops itself": ("os.kill(os.getpid(), signal.SIGSTOP)", "had not answered"),
    "stops its parent": ("os.kill(os.getppid(), signal.SIGSTOP)", "critic_loss"),
    "writes into its parent": (
        """
libc = ctypes.CDLL(None)
seen = [str(libc.ptrace(16, os.getppid(), 0, 0))]
try: seen += [str(open(f'/proc/{os.getppid()}/mem', 'r+b'))]
except OSError as error: seen += [type(error).__name__]
"""
        + LEAK,
        "-1PermissionError",
    ),
    "background process": (
        """
if not os.fork():
    os.setsid()
    if not os.fork():
        while True:
            for fd in range(3, 20):
                try: os.write(fd, bytes(1000))
                except OSError: pass
    os._exit(0)
time.sleep(0.5)""",
        "sent|ended|took .* MiB|had not answered",
    ),
    "deletes files": (
        """
for path in (os.path.dirname(CANARY), CANARY, PACKAGE, '/'):
    shutil.rmtree(path, ignore_errors=True)
os.remove(CANARY)""",
        "FileNotFoundError",
    ),
    "changes the library": ("open(PACKAGE + '/losses.py', 'w')", "Read-only file system"),
    "reads a file of the machine": ("seen = open(CANARY).read(); " + LEAK, "FileNotFoundError"),
    "reads other submissions": ("seen = os.listdir(os.path.dirname(CANARY)); " + LEAK, "NotFound"),
    "reads the solutions": ("seen = open(PACKAGE + '/../solutions/05_solution.py')", "NotFound"),
    "follows links": (
        """
seen = []
for i, path in enumerate((CANARY, '/proc/1/root' + CANARY, '/proc/self/root' + CANARY)):
    os.symlink(path, f'/tmp/{i}')
    try: seen += open(f'/tmp/{i}').read()
    except OSError as error: seen += [type(error).__name__, ' ']
for way in ('..' + '/..' * 20 + CANARY, '/proc/self/cwd/..' + CANARY):
    try: seen += open(way).read()
    except OSError as error: seen += [type(error).__name__, ' ']
"""
        + LEAK,
        "((FileNotFound|Permission)Error ?){5}",
    ),
    "opens what others have open": (
        """
seen = []
for fd in range(64):
    try: seen += [os.readlink(f'/proc/self/fd/{fd}')]
    except OSError: pass
assert all(x.startswith(('socket:', '/dev/null', '/proc', 'pipe:', 'anon')) for x in seen), seen
raise RuntimeError('nothing open')""",
        "nothing open",
    ),
    "steals the environment": (
        """
seen = [str(os.environ)]
for pid in os.listdir('/proc'):
    try: seen += open(f'/proc/{pid}/environ').read()
    except OSError: pass
"""
        + LEAK,
        "RuntimeError: environ",
    ),
    "connects to a server": ("socket.create_connection(('127.0.0.1', PORT), 2)", "Error"),
    "connects by an abstract name": (
        "socket.socket(socket.AF_UNIX).connect('\\0' + NAME)",
        "ConnectionRefused",
    ),
    "looks for a network": (
        "raise RuntimeError(','.join(name for _, name in socket.if_nameindex()))",
        "RuntimeError: lo$",
    ),
    "runs programs": ("subprocess.run(['/bin/sh', '-c', 'touch ' + CANARY])", "FileNotFoundError"),
    "becomes root": ("os.setuid(0)", "Operation not permitted|Invalid argument"),
    "mounts": (
        """
libc = ctypes.CDLL(None, use_errno=True)
libc.mount(b'none', b'/tmp', b'tmpfs', 0, b'')
raise OSError(ctypes.get_errno(), 'mount')""",
        "Errno 1. mount",
    ),
    "raises its limits": ("resource.setrlimit(resource.RLIMIT_CPU, (-1, -1))", "not allowed"),
    "lowers its parent's priority": ("os.setpriority(os.PRIO_PROCESS, 0, -20)", "PermissionError"),
    "sets the machine's name": ("socket.sethostname('x')", "PermissionError"),
}
