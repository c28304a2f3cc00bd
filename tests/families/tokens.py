"""A generator of token sequences. No gradient runs through a token, so it learns from a reward."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Adam

from gan_course.data.batches import Batch, random_generator
from gan_course.models.base import Model
from gan_course.models.config import Config
from gan_course.models.declarations import Player
from gan_course.models.kinds import Count, Rate, Shape, Size
from gan_course.nets.ema import EMA
from tests.families.token_modality import LETTERS, TOKENS, Tokens


@dataclass(frozen=True)
class TokenGeneratorConfig(Config):
    shape: Shape = (6,)
    width: Size = 4
    lr: Rate = 1e-2
    batch_size: Size = 8
    steps: Count = 60


PROFILES = {"lesson": TokenGeneratorConfig(), "full": TokenGeneratorConfig(width=32, steps=600)}


class Policy(nn.Module):
    """From a token to the logits of the next."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(LETTERS), width)
        self.head = nn.Linear(width, len(LETTERS))

    def forward(self, token: Tensor) -> Tensor:
        return self.head(self.embedding(token).tanh())


class Steps(nn.Module):
    """The share of a sequence's steps that go up by one, read from a table that never learns."""

    def __init__(self) -> None:
        super().__init__()
        up = torch.eye(len(LETTERS)).roll(1, dims=1)
        self.table = nn.Parameter(up, requires_grad=False)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.table[tokens[:, :-1], tokens[:, 1:]].mean(dim=1)


class TokenGenerator(Model[TokenGeneratorConfig]):
    """Learns to write what is rewarded: REINFORCE with the batch's mean reward as baseline
    (Williams, 1992)."""

    modalities = (TOKENS,)
    players = (Player("policy", "lr", "policy", "gradient_norm", "optimizer"),)
    draws = ("ema",)
    moves = {"policy_step": ("policy",)}
    fixed = ("reward",)

    def __init__(self, config: TokenGeneratorConfig = PROFILES["lesson"]) -> None:
        super().__init__(config)
        self.policy = Policy(config.width)
        self.reward = Steps().eval()
        self.optimizer = Adam(self.policy.parameters(), config.lr)
        self.ema = EMA(self.policy, 0.9)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        record = self.policy_step(len(batch))
        self.ema.update(self.policy)
        return record

    def policy_step(self, n: int) -> dict[str, Tensor]:
        tokens, log_probability = self.written(self.policy, n)
        reward = self.reward(tokens)
        loss = -((reward - reward.mean()) * log_probability).mean()
        norm = self.descend(self.optimizer, loss)
        return {"policy": loss.detach(), "reward": reward.mean(), "gradient_norm": norm}

    def written(self, policy: nn.Module, n: int) -> tuple[Tensor, Tensor]:
        """Sequences (n, L), and the logarithm of the probability of each."""
        tokens = [torch.randint(len(LETTERS), (n,), device=self.device)]
        total = torch.zeros(n, device=self.device)
        for _ in range(self.config.shape[0] - 1):
            logs = policy(tokens[-1]).float().log_softmax(dim=1)
            # The largest of logits with Gumbel noise comes as often as its probability says.
            noise = -torch.empty_like(logs).exponential_().log()
            tokens.append((logs.detach() + noise).argmax(dim=1))
            total = total + logs.gather(1, tokens[-1][:, None])[:, 0]
        return torch.stack(tokens, dim=1), total

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        return self.written(self.ema, n)[0]


@dataclass(frozen=True)
class Ladders:
    """Sequences in which each token is one more than the last, over and over."""

    length: int = 6
    modality: Tokens = TOKENS
    classes: None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.length,)

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        first = torch.randint(len(LETTERS), (n, 1), generator=generator)
        return (first + torch.arange(self.length)) % len(LETTERS)

    def batch(self, index: int, size: int, seed: int) -> Batch:
        return Batch(self.draw(size, random_generator(seed, index)))

    def batches_per_epoch(self, size: int) -> int:
        return 20

    def reference(self, n: int) -> Batch:
        return Batch(self.draw(n, random_generator(0, 0, 0)))


def ladders() -> Ladders:
    return Ladders()
