"""`built`: all pages, built once from small models; `site`: their address on loopback; `open_page`
opens one of them in Chromium."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page

from authoring.pages.build import build
from gan_course.data import PairSet, PairSplit, load
from gan_course.models import (
    CGAN,
    DCGAN,
    DDPM,
    VAE,
    CGANConfig,
    CycleGAN,
    CycleGANConfig,
    DCGANConfig,
    DDPMConfig,
    InfoGAN,
    InfoGANConfig,
    Model,
    Pix2Pix,
    Pix2PixConfig,
    VAEConfig,
)
from tests.browser.conftest import browser
from tests.browser.driven import PATIENCE

__all__ = ["browser"]

SMALL: dict[str, Callable[[], Model[Any]]] = {
    "dcgan": lambda: DCGAN(DCGANConfig(latent_dim=8, width=4)),
    "cgan": lambda: CGAN(CGANConfig(latent_dim=8, width=4)),
    "infogan": lambda: InfoGAN(InfoGANConfig(latent_dim=4, codes=2, width=4)),
    "vae_plane": lambda: VAE(VAEConfig(latent_dim=2, width=4)),
    "pix2pix": lambda: Pix2Pix(Pix2PixConfig(width=4)),
    "pix2pix_l1": lambda: Pix2Pix(Pix2PixConfig(width=4)),
    "cyclegan": lambda: CycleGAN(CycleGANConfig(width=4, blocks=1)),
    "ddpm": lambda: DDPM(DDPMConfig(width=4)),
}


@cache
def small(name: str) -> Model[Any]:
    """A model as the zoo would give it, untrained, but with pictures that are no even grey."""
    torch.manual_seed(0)
    model = SMALL[name]()
    model.eval()
    for network in model.networks().values():
        for weight in network.parameters():
            weight.data.add_(0.2 * torch.randn_like(weight))
    return model


@cache
def data(name: str) -> Any:
    if name not in ("pix2pix", "cyclegan"):
        return load("digits")
    grey = torch.randint(256, (3, 3, 32, 32), generator=torch.Generator().manual_seed(0))
    x = grey / 127.5 - 1
    split = PairSplit(x, y=-x)
    return PairSet(name, split, split, "Drawn by this test")


ZOO = SimpleNamespace(load=small, dataset=data)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pages")
    build(out, ZOO)
    return out


@pytest.fixture(scope="session")
def site(built: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(built))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def open_page(site: str, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens the page of this name and waits until its explorer has drawn; what the console called
    an error fails the test."""
    page, troubles = browser.new_page(), []
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: asked.url.startswith(site) or troubles.append(asked.url))

    def opened(name: str) -> Page:
        page.goto(f"{site}{name}.html")
        page.locator(".gan-explorer figcaption:visible:not(:empty)").wait_for()
        return page

    yield opened
    page.close()
    # A picture is handed to the page as an address of its own.
    assert [each for each in troubles if not each.startswith("blob:")] == []
