"""Jupyter's connection between a browser and a kernel, without a wait that one would feel."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Sends what a kernel says to the browser at once.

    By default TCP holds a small message back until the browser has acknowledged the one before
    (Nagle's algorithm), and it may take 40 ms over that. A kernel says three things for each
    picture of an explorer: that it is busy, the picture, and that it is idle.
    """

    def connect(self) -> Any:
        self.websocket_handler.set_nodelay(True)
        return super().connect()


# What a Jupyter server is told, as an argument of its command line.
PROMPT = f"kernel_websocket_connection_class={__name__}.{PromptConnection.__name__}"
