"""What every model can do, whatever it is: descend, keep its state, leave what is fixed alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.optim import SGD

from gan_course.data import Batch
from gan_course.data.gaussians import gaussian
from gan_course.models import GANConfig, Model, frozen
from gan_course.training import Hook, Run, fit
from gan_course.training.samples import draw

CONFIG = GANConfig(batch_size=4, steps=6)


class Plain(Model[GANConfig]):
    """Two networks whose optimisers stand in a list, and a ruler that never learns."""

    fixed = ("ruler",)

    def __init__(self, config: GANConfig = CONFIG, ruler: float = 2.0) -> None:
        super().__init__(config)
        self.first, self.second = nn.Linear(1, 1), nn.Linear(1, 1)
        self.ruler = nn.Linear(1, 1, bias=False).requires_grad_(False).eval()
        nn.init.constant_(self.ruler.weight, ruler)
        self.optimizers_of_both = [
            SGD(network.parameters(), 0.1, momentum=0.5) for network in (self.first, self.second)
        ]
        self.sizes: list[int] = []
        self.drawn: list[int] = []

    @property
    def samples_per_step(self) -> int:
        return 4 if len(self.sizes) < 3 else 8

    def step(self, batch: Batch) -> dict[str, Tensor]:
        self.sizes.append(len(batch))
        networks = (self.first, self.second)
        losses = [(self.ruler(network(batch.x)) - 1).square().mean() for network in networks]
        for optimizer, loss in zip(self.optimizers_of_both, losses, strict=True):
            self.descend(optimizer, loss)
        return {"loss": sum(loss.detach() for loss in losses)}

    def sample(self, n: int) -> Tensor:
        self.drawn.append(n)
        return self.first(torch.randn(n, 1)).detach()


def test_a_clipped_gradient_is_shortened_and_its_own_length_returned() -> None:
    model, weight = Plain(), nn.Parameter(torch.tensor([3.0, 4.0]))
    for clip, moved in ((None, [3.0, 4.0]), (1.0, [0.6, 0.8]), (10.0, [3.0, 4.0])):
        weight.data = torch.tensor([3.0, 4.0])
        norm = model.descend(SGD([weight], 1.0), weight.square().sum() / 2, clip=clip)
        assert norm.item() == pytest.approx(5)
        assert (torch.tensor([3.0, 4.0]) - weight.detach()).tolist() == pytest.approx(
            moved, rel=1e-4
        )


def test_optimisers_in_a_list_are_part_of_the_state() -> None:
    model, other = Plain(), Plain()
    fit(model, gaussian(), steps=2)
    state = model.state_dict()
    assert {"optimizers_of_both.0", "optimizers_of_both.1"} <= state.keys()
    assert list(model.learning_rates()) == ["optimizers_of_both.0", "optimizers_of_both.1"]
    other.load_state_dict(state)
    for mine, theirs in zip(model.optimizers_of_both, other.optimizers_of_both, strict=True):
        kept = [[entry["momentum_buffer"] for entry in o.state.values()] for o in (mine, theirs)]
        assert len(kept[0]) == 2
        assert all(torch.equal(a, b) for a, b in zip(*kept, strict=True))


def test_a_fixed_network_is_in_the_weights_once_and_in_no_checkpoint() -> None:
    model = Plain()
    assert "ruler" not in model.state_dict()
    assert [name for name in model.weights() if "ruler" in name] == ["ruler.weight"]
    model.train()
    assert model.first.training
    assert not model.ruler.training


def test_a_state_of_another_fixed_network_is_refused_and_nothing_is_loaded() -> None:
    model = Plain(ruler=3.0)
    before = model.first.weight.clone()
    with pytest.raises(ValueError, match="fixed networks may differ"):
        model.load_state_dict(Plain().state_dict())
    assert torch.equal(model.first.weight, before)


def test_the_loop_asks_at_every_step_how_many_samples_a_step_takes() -> None:
    model = Plain()
    asked: list[tuple[int, int]] = []

    class Watched:
        shape, modality, classes = (1,), gaussian().modality, None

        def batch(self, index: int, size: int, seed: int) -> Batch:
            asked.append((index, size))
            return gaussian().batch(index, size, seed)

        def batches_per_epoch(self, size: int) -> int:
            return 3

        def reference(self, n: int) -> Batch:
            return gaussian().reference(n)

    fit(model, Watched())
    assert asked == [(0, 4), (1, 4), (2, 4), (3, 8), (4, 8), (5, 8)]
    assert model.sizes == [4, 4, 4, 8, 8, 8]


def test_samples_are_drawn_in_chunks_that_the_configuration_names() -> None:
    from tests.families.autoencoder import Autoencoder, AutoencoderConfig

    model = Plain()
    draw(model, 300, seed=0)
    assert model.drawn == [250, 250]
    told: list[int] = []
    draw(Autoencoder(AutoencoderConfig(sample_chunk=20)), 50, 0, told.append)
    assert told == [20, 40, 50]


def test_what_is_not_a_number_of_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        draw(Plain(), 0, seed=0)


def test_a_hook_sees_the_sizes_too() -> None:
    sizes: list[int] = []

    class Sizes(Hook):
        def after_step(self, run: Run) -> None:
            sizes.append(run.model.samples_per_step)

    fit(Plain(), gaussian(), hooks=[Sizes()])
    assert sizes == [4, 4, 8, 8, 8, 8]


def test_a_part_of_another_class_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = Plain().state_dict()
    del state["optimizers_of_both.1"]
    with pytest.raises(ValueError, match="another model: Plain has the parts"):
        Plain().load_state_dict(state)


def test_a_frozen_network_in_training_is_used_and_left_as_it_was() -> None:
    network = nn.Sequential(spectral_norm(nn.Linear(2, 3)), nn.BatchNorm1d(3))
    x = torch.randn(8, 2, requires_grad=True)
    network(x.detach())
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with frozen(network):
        seen = network(x)
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name
    torch.testing.assert_close(seen.mean(dim=0), torch.zeros(3), atol=1e-6, rtol=0)
    seen.square().sum().backward()
    assert x.grad is not None
    assert all(p.grad is None and p.requires_grad for p in network.parameters())
    network(x.detach())
    assert not torch.equal(network[1].running_mean, before["1.running_mean"])
