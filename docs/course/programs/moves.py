#!/usr/bin/env python3
"""Moves on the open board, one after the other, until SECONDS are over or the connection ends. moves.py HOST PORT SECONDS"""
import json, socket, sys, time

host, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
connection = socket.create_connection((host, port))
lines = connection.makefile("rb")
acknowledged, version, longest, why = 0, 0, 0.0, "the time is over"


def ask(method, params):
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"game": "main", **params}}
    connection.sendall(json.dumps(request).encode() + b"\n")
    while not (line := lines.readline()).strip():
        if not line:
            raise ConnectionError("the server has ended the connection")
    return json.loads(line)


def command(method, **params):
    """Repeats the command while the server says that it may be repeated; the version makes that safe. Returns the new version."""
    while "error" in (answer := ask(method, params)):
        data = answer["error"]["data"]
        if data["retry"] != "same":
            sys.exit(f"refused: {answer['error']['message']}")
        time.sleep(data.get("retryAfterMs", 50) / 1000)
    return answer["result"]["version"]


began = time.monotonic()
try:
    version = command("game.get")
    while time.monotonic() - began < seconds:
        for method, params in (("game.restart", {}), *(("game.move", {"x": x, "y": y}) for x in (0, 1) for y in (0, 1))):
            sent = time.monotonic()
            version = command(method, version=version, **params)
            acknowledged += 1
            longest = max(longest, time.monotonic() - sent)
except OSError as reason:
    why = str(reason)
took = time.monotonic() - began
print(f"{acknowledged} acknowledged, {acknowledged / took:.0f} a second; longest wait {longest * 1000:.0f} ms; last version {version}; {why}")
