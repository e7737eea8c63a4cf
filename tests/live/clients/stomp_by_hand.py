"""STOMP without a client: frames over TCP and over a WebSocket."""

import socket
import sys

PATIENCE = 20


def over_tcp(host, port, login, frames):
    """Logs in, says the frames, and gives the body of the message that comes back."""
    wire = socket.create_connection((host, int(port)), PATIENCE)
    heard = b""

    def hear():
        nonlocal heard
        while b"\0" not in heard:
            part = wire.recv(4096)
            if not part:
                sys.exit(f"the broker closed the connection after {heard!r}")
            heard += part
        frame, heard = heard.split(b"\0", 1)
        return frame.decode().lstrip("\n")

    wire.sendall(login.encode())
    assert hear().startswith("CONNECTED\n"), "not let in"
    wire.sendall("".join(frames).encode())
    frame = hear()
    assert frame.startswith("MESSAGE\n"), frame
    return frame.split("\n\n", 1)[1]


def over_ws(url, login, frames):
    """The same, a frame in each message of the WebSocket."""
    import websocket

    wire = websocket.create_connection(url, subprotocols=["v12.stomp"], timeout=PATIENCE)
    wire.send(login)
    assert wire.recv().startswith("CONNECTED"), "not let in"
    for frame in frames:
        wire.send(frame)
    return wire.recv().split("\n\n", 1)[1].rstrip("\0\n")
