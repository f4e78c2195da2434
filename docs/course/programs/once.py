#!/usr/bin/env python3
"""Sends forty commands to the open board, and counts what became of them. once.py HOST PORT FILE

FILE has the function `command`, which sends one of them; command.py is one that does not handle a lost answer.
Nobody else may play on that board at the same time.
"""
import json, runpy, socket, sys, time


class Refused(Exception):
    """The server has decided against the command."""


class Client:
    """A connection to the server. `version` is the version of the game in the newest answer."""

    def __init__(self, host, port):
        self.address, self.lines, self.last_id, self.version = (host, int(port)), None, 0, None

    def exchange(self, method, params):
        """Sends a request and returns its answer. Raises OSError if the connection ends first, Refused if the server says no."""
        if self.lines is None:
            self.connection = socket.create_connection(self.address, timeout=5)
            self.lines = self.connection.makefile("rb")
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": {"game": "main", **params}}
        try:
            self.connection.sendall(json.dumps(request).encode() + b"\n")
            answer = self.receive()
        except OSError:
            self.connection.close()
            self.lines = None
            raise
        if "error" in answer:
            raise Refused(answer["error"]["message"])
        self.version = answer["result"]["version"]
        return answer["result"]

    def receive(self):
        while True:
            line = self.lines.readline()
            if not line.endswith(b"\n"):
                raise ConnectionError("the connection ended before the answer")
            message = json.loads(line) if line.strip() else {}
            if message.get("id") == self.last_id:
                return message


def read_version(client):
    """Reading changes nothing, so it may be repeated as often as needed."""
    while True:
        try:
            return client.exchange("game.get", {})["version"]
        except OSError:
            time.sleep(0.05)


host, port, file = sys.argv[1:]
command = runpy.run_path(file)["command"]
client = Client(host, port)
before = read_version(client)
counts = {"acknowledged": 0, "refused": 0, "unknown": 0}
moves = [("game.move", {"x": x, "y": y}) for x, y in ((0, 0), (1, 0), (2, 0), (0, 1))]
for method, params in [("game.restart", {}), *moves] * 8:
    try:
        command(client, method, params)
        counts["acknowledged"] += 1
    except Refused as reason:
        counts["refused"] += 1
        print(method, params, "refused:", reason)
    except OSError as reason:
        counts["unknown"] += 1
        print(method, params, "unknown:", reason)
print("40 commands:", *(f"{count} {name}," for name, count in counts.items()), read_version(client) - before, "events in the game")
