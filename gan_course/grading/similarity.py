"""Which answers are alike once names and comments are left out."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

LENGTH = 12  # tokens of a piece
MOST = 200_000  # characters that are looked at
ALIKE = 0.8
SHOWN = 50  # pairs
_IGNORED = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER)


def pieces(cells: Sequence[str]) -> frozenset[int]:
    """Every run of LENGTH tokens in the cells, names and texts all taken for one."""
    words: list[str] = []
    for cell in cells:
        try:
            for token in tokenize.generate_tokens(io.StringIO(cell[:MOST]).readline):
                if token.type not in _IGNORED:
                    words.append(_word(token))
        except (tokenize.TokenError, SyntaxError):  # as far as it can be read
            continue
    return frozenset(
        hash(tuple(words[i : i + LENGTH])) for i in range(max(len(words) - LENGTH + 1, 0))
    )


def _word(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
        return "x"
    return "''" if token.type == tokenize.STRING else token.string


def alike(answers: Mapping[str, Sequence[str]]) -> list[tuple[float, str, str]]:
    """Pairs of `answers`, cells by name, that share at least ALIKE of their pieces, the SHOWN
    nearest. What more than half of them hold is the exercise's, or an answer that all find."""
    own = {name: pieces(cells) for name, cells in answers.items()}
    often = Counter(piece for found in own.values() for piece in found)
    common = {piece for piece, n in often.items() if n > max(2, len(own) / 2)}
    left = {name: found - common for name, found in own.items()}
    found = []
    for one, other in combinations([name for name in left if len(left[name]) > LENGTH], 2):
        share = len(left[one] & left[other]) / len(left[one] | left[other])
        if share >= ALIKE:
            found.append((share, one, other))
    return sorted(found, reverse=True)[:SHOWN]
