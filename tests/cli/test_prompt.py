"""The connection between browser and kernel that the course's own servers have."""

from __future__ import annotations

from typing import ClassVar

import pytest
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets.utils.importstring import import_item
from voila.app import Voila

from gan_course.commands.paths import CLONE
from gan_course.commands.prompt import PROMPT, PromptConnection


def test_what_a_kernel_says_is_sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Handler:
        told: ClassVar[list[bool]] = []

        def set_nodelay(self, value: bool) -> None:
            self.told.append(value)

    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda _: "connected")
    monkeypatch.setattr(PromptConnection, "websocket_handler", Handler())
    assert PromptConnection.connect(PromptConnection.__new__(PromptConnection)) == "connected"
    assert Handler.told == [True]


def test_both_of_our_servers_take_it() -> None:
    name, _, path = PROMPT.partition("=")
    assert import_item(path) is PromptConnection
    for server in (ServerApp, Voila):
        assert issubclass(PromptConnection, server.class_traits(config=True)[name].klass)


def test_make_lab_and_the_guide_name_it_too() -> None:
    path = PROMPT.partition("=")[2]
    assert f"--ServerApp.{PROMPT}" in (CLONE / "Makefile").read_text(encoding="utf-8")
    assert path in (CLONE / "site" / "instructors.md").read_text(encoding="utf-8")
