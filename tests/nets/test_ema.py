from __future__ import annotations

import pytest
import torch
from torch import nn

from gan_course.nets import EMA


def network_of(value: float) -> nn.Linear:
    layer = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(value)
    return layer


def averaged(values: list[float], decay: float) -> float:
    """What the average holds after a run through weights with these values."""
    network = network_of(99.0)
    average = EMA(network, decay)
    for value in values:
        with torch.no_grad():
            network.weight.fill_(value)
        average.update(network)
    return average.network.weight.item()


def test_early_on_it_is_the_plain_mean_of_what_there_was() -> None:
    assert averaged([3.0], decay=0.9) == pytest.approx(3)
    assert averaged([3.0, 5.0, -2.0], decay=0.9) == pytest.approx(2)


def test_later_it_is_the_exponential_average() -> None:
    values = torch.randn(40, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    # With decay 0.8 the first five values are averaged plainly; each later one then takes a fifth.
    expected = values[:5].mean() * 0.8**35 + sum(
        0.2 * 0.8 ** (39 - i) * values[i] for i in range(5, 40)
    )
    assert averaged(values.tolist(), decay=0.8) == pytest.approx(expected.item(), abs=1e-6)


def test_without_decay_it_is_the_network_itself() -> None:
    assert averaged([3.0, 5.0, -2.0], decay=0.0) == -2


def test_it_is_a_copy_that_does_not_learn_and_follows_only_when_updated() -> None:
    network = network_of(1.0)
    average = EMA(network, 0.9)
    with torch.no_grad():
        network.weight.fill_(7.0)
    assert average.network.weight.item() == 1
    assert not any(p.requires_grad for p in average.parameters())
    assert network.weight.requires_grad


def test_batch_statistics_are_copied_as_they_are() -> None:
    network = nn.BatchNorm1d(2)
    average = EMA(network, 0.99)
    for _ in range(3):
        network(torch.randn(8, 2) + 5)
        average.update(network)
    assert torch.equal(average.network.running_mean, network.running_mean)
    assert torch.equal(average.network.running_var, network.running_var)
    assert average.network.num_batches_tracked == 3


def test_it_stays_in_eval_mode_so_that_a_sample_does_not_depend_on_its_neighbours() -> None:
    average = EMA(nn.BatchNorm1d(2), 0.9).train()
    assert not any(module.training for module in average.modules())
    x = torch.randn(6, 2)
    assert torch.equal(average(x)[:1], average(x[:1]))


def test_its_count_is_part_of_its_state() -> None:
    network, average = network_of(1.0), EMA(network_of(1.0), 0.9)
    for _ in range(4):
        average.update(network)
    again = EMA(network_of(0.0), 0.9)
    again.load_state_dict(average.state_dict())
    assert again.updates == 4


@pytest.mark.parametrize("decay", [-0.1, 1.0, 1.5, float("nan")])
def test_a_decay_outside_zero_to_one_is_refused(decay: float) -> None:
    with pytest.raises(ValueError, match=r"the decay of an average lies in \[0, 1\), got"):
        EMA(network_of(0.0), decay)
