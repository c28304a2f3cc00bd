"""Answers to 05.q1 that want points without being right. By its name, the cell that is run after
both functions have been defined wrongly, and what the report must say of it."""

from __future__ import annotations

SOCKET = """
import socket, struct
for fd in range(3, 64):
    try: pipe = socket.socket(fileno=os.dup(fd)); break
    except OSError: pass
def say(body): pipe.sendall(struct.pack('>Q', len(body)) + body)
"""
BOTH = "critic_loss = generator_loss = "
HEAD = "{'nonce': 'x', 'parts': {'critic_loss': {'fault': None, 'values': []}}}"

# What once gained points from `check` in most questions: the answer to any, called `answer` here.
ANYWHERE = {
    "right answer on the stack": """
def answer(*given):
    frame = sys._getframe()
    while frame := frame.f_back:
        for x in [*frame.f_locals.values(), *frame.f_globals.values()]:
            for part in getattr(x, 'parts', [x]):
                if hasattr(part, 'right') and hasattr(part, 'mistakes'): return part.right(*given)
    return given[0]""",
    "engine patched, then an exception": """
def answer(*given):
    frame = sys._getframe()
    while frame := frame.f_back:
        for name in ('wrong', 'verdict', 'judge', 'close', '_agree', 'explain', 'run'):
            if name in frame.f_globals: frame.f_globals[name] = lambda *given, **named: None
    raise RuntimeError""",
    "comparisons patched": """
torch.allclose = torch.equal = torch.isclose = lambda *given, **named: True
def answer(*given): return torch.zeros(())""",
    "tensor that lies": """
class Lie(torch.Tensor):
    def detach(self): return self
    clone = double = contiguous = float = detach
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func.__name__ in ('allclose', 'equal', 'isfinite', '__eq__'): return True
        return super().__torch_function__(func, types, args, kwargs or {})
def answer(*given): return torch.zeros(()).as_subclass(Lie)""",
    "object that equals everything": """
class Equal:
    def __getattr__(self, name): return lambda *given, **named: self
    __eq__ = __bool__ = __call__ = lambda *given: True
def answer(*given): return Equal()""",
}

CELLS: dict[str, tuple[str, str]] = {
    "patched comparisons": (
        "torch.allclose = torch.equal = torch.isclose = lambda *given, **named: True",
        "replaced torch.*allclose",
    ),
    "patched methods": (
        """
for name in ('allclose', 'equal', '__eq__', 'any', 'all'):
    setattr(torch.Tensor, name, lambda *given, **named: True)
torch.Tensor.detach = torch.Tensor.double = torch.Tensor.clone = lambda x, *given: x""",
        r"replaced Tensor\.",
    ),
    "patched while it is called": (
        """
def critic_loss(real, fake):
    torch.allclose = torch.equal = lambda *given, **named: True
    return 0 * real.mean()""",
        "critic_loss",
    ),
    "patched builtins": (
        """
import builtins
builtins.all = builtins.any = builtins.isinstance = builtins.len = lambda *given: True
builtins.AssertionError = builtins.Exception = type('Quiet', (Warning,), {})""",
        "replaced builtins",
    ),
    "patched library": (
        """
import gan_course.practice, gan_course.random_state
gan_course.practice.check = lambda *given: None
gan_course.random_state.random_state_from = lambda *given: 0/0""",
        r"replaced gan_course\.random_state",
    ),
    "patched engine, found by the collector": (
        """
import gc
for thing in filter(lambda x: isinstance(x, type), gc.get_objects()):
    if thing.__name__ in ('Run', 'Verdict', 'Fault', 'Part', 'Watch'):
        thing.fault = thing.passed = property(lambda self: None)""",
        "replaced",
    ),
    "patched engine, found on the stack": (
        """
def critic_loss(real, fake):
    frame = sys._getframe()
    while frame := frame.f_back:
        for name in ('plain', 'explain', 'close', 'verdict', 'judge'):
            if name in frame.f_globals: frame.f_globals[name] = lambda *given: real.new_ones(())
    return 0 * real.mean()""",
        "critic_loss",
    ),
    "side effect behind a patched watch": (
        """
import gc
for thing in filter(lambda x: isinstance(x, type), gc.get_objects()):
    if thing.__name__ == 'Watch': thing.changed = lambda self: {}
def critic_loss(real, fake):
    value, frame = fake.mean() - real.mean(), sys._getframe()
    real.data.add_(1)
    while frame := frame.f_back:
        for name in ('Watch', '_state', '_same', '_differs', '_copy'):
            if name in frame.f_globals: frame.f_globals[name] = lambda *given: False
    return value""",
        "writes into .*replaced Watch.changed",
    ),
    "patched serialisers": (
        """
import json, safetensors.torch
json.dumps = lambda *given, **named: '{}'
safetensors.torch.save = lambda *given, **named: bytes(8)""",
        "replaced json.dumps",
    ),
    "right answer on the stack": (
        """
def critic_loss(real, fake):
    frame, seen = sys._getframe(), []
    while frame := frame.f_back:
        seen += [x.right for x in [*frame.f_locals.values(), *frame.f_globals.values()]
                 if hasattr(x, 'right') and hasattr(x, 'mistakes')]
    return seen[0](real, fake)""",
        "critic_loss",
    ),
    "right answer in memory": (
        """
import gc
def critic_loss(real, fake):
    found = [x for x in gc.get_objects() if isinstance(x, type(critic_loss))
             and 'lesson_05.q1' in str(x.__module__) and 'scores' not in x.__name__]
    return found[0](real, fake)""",
        "IndexError",
    ),
    "right answer imported": (
        """
def critic_loss(real, fake):
    from gan_course.practice.lesson_05.q1_losses import QUESTION
    return QUESTION.parts[0].right(real, fake)""",
        "ImportError|ModuleNotFoundError",
    ),
    "judges imported": (
        """
def critic_loss(real, fake):
    from gan_course.practice import registry
    return registry.find('05.q1').parts[0].right(real, fake)""",
        "known are none",
    ),
    "traced": (
        """
def trace(frame, event, argument):
    if 'passed' in frame.f_locals: frame.f_locals['passed'] = True
    return trace
sys.settrace(trace)""",
        "critic_loss",
    ),
    "mode of PyTorch left on": (
        """
from torch.overrides import TorchFunctionMode
class All(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return True if func.__name__ in ('equal', 'allclose') else func(*args, **(kwargs or {}))
All().__enter__()""",
        "critic_loss",
    ),
    "another torch": (
        "sys.modules['torch'] = fake = type(sys)('torch'); fake.allclose = lambda *given: True",
        "critic_loss|ended",
    ),
    "memorised public seeds": (
        """
known = iter([REMEMBERED] * 100)
def critic_loss(real, fake):
    values = next(known)
    return values.get(round(real[0].item(), 4), 0) * real.mean()""",
        "critic_loss",
    ),
    "answer before it was asked": (SOCKET + "say(b'{}'); say(b'{}')", "sent"),
    "whole answer before it was asked": (
        SOCKET + "say(b'{\"troubles\": [], \"replaced\": []}'); say(b'1' * 100)",
        "sent an answer before it was asked|sent a value of type int where dict was due",
    ),
    "reply to another request": (
        SOCKET
        + f"""
import json
def critic_loss(real, fake):
    text = json.dumps({HEAD}).encode()
    say(struct.pack('>Q', len(text)) + text + struct.pack('<Q', 2) + b'{{}}')
    time.sleep(1)""",
        "sent a reply to another request",
    ),
    "giant reply": (
        SOCKET
        + """
def critic_loss(real, fake):
    pipe.sendall(struct.pack('>Q', 2**62))
    time.sleep(1)""",
        "sent a reply of 4,611,686,018,427,387,904 bytes",
    ),
    "giant value": (
        "def critic_loss(real, fake): return torch.zeros(2**23)",
        "sent a reply of|took .* MiB",
    ),
    "malformed reply": (
        SOCKET + "def critic_loss(real, fake):\n    say(bytes(100)); time.sleep(1)",
        "sent something that is no reply",
    ),
    "deeply nested reply": (
        SOCKET
        + """
def critic_loss(real, fake):
    text = b'[' * 20_000
    say(struct.pack('>Q', len(text)) + text); time.sleep(1)""",
        "sent something that is no reply",
    ),
    "pickled reply": (
        SOCKET
        + """
import pickle
class Payload:
    def __reduce__(self): return (open, (CANARY, 'w'))
def critic_loss(real, fake):
    say(pickle.dumps(Payload())); time.sleep(1)""",
        "sent something that is no reply",
    ),
    "object that pickles into a call": (
        """
class Payload:
    def __reduce__(self): return (open, (CANARY, 'w'))
"""
        + BOTH
        + "lambda *given: Payload()",
        "returned a Payload",
    ),
    "nan": (BOTH + "lambda *given: given[0].mean() * torch.nan", "nan or infinite"),
    "infinity": (BOTH + "lambda *given: given[0].mean() * torch.inf", "nan or infinite"),
    "huge": (BOTH + "lambda *given: given[0].double().mean() * 1e308 * 10", "nan or infinite"),
    "complex": (BOTH + "lambda *given: given[0].mean() + 0j", "complex"),
    "on another device": (BOTH + "lambda *given: given[0].mean().to('meta')", "on meta"),
    "exception that says right": (
        "def critic_loss(*given): raise RuntimeError('right, 2 points. passed: True')",
        "critic_loss",
    ),
    "half a character in an exception": (
        "def critic_loss(*given): raise RuntimeError('\\ud800<b>')",
        r"RuntimeError: \?<b>",
    ),
    "exception without end": (
        """
class Endless(Exception):
    def __str__(self): return 'x' * 10**8
def critic_loss(*given): raise Endless""",
        "xxx",
    ),
    "exception that raises": (
        """
class Raising(Exception):
    def __str__(self): raise SystemExit
def critic_loss(*given): raise Raising""",
        "critic_loss|ended",
    ),
    "page in an exception": (
        "def critic_loss(*given): raise RuntimeError('<script>alert(1)</script>')",
        "<script>",
    ),
    "does not leave": (
        """
os._exit = sys.exit = lambda *given: time.sleep(1e6)
import atexit; atexit.register(time.sleep, 1e6)""",
        "replaced os._exit",
    ),
    "leaves its cell": ("sys.exit(0)", "SystemExit"),
    "endless cell": ("while True: pass", "was ended"),
    "syntax error": ("def critic_loss(real, fake) return 0", "line 1: SyntaxError"),
    "null bytes and depth": ("x = " + "(" * 5000 + ")" * 5000, "SyntaxError|MemoryError|ended"),
}
