#!/usr/bin/env python3
"""Forty commands on the open board, and what became of them. once.py HOST PORT

HOST PORT is the proxy that loses messages. Run this against a server that nobody else uses at that time.
"""
import json, socket, sys, time

class Refused(Exception):
    """The server has decided against the command."""

class Client:
    def __init__(self, host, port):
        self.address, self.lines, self.last_id, self.version = (host, int(port)), None, 0, None

    def command(self, method, **params):
        """The exercise is here. As it is, each command is sent once, and the loss of its answer is not handled."""
        return self.exchange(method, params)

    def exchange(self, method, params):
        """Sends a request and waits for its answer. Raises OSError if the connection ends, Refused if the server says no."""
        if self.lines is None:
            self.connection = socket.create_connection(self.address, timeout=5)
            self.lines = self.connection.makefile("rb")
        self.last_id += 1
        text = json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": {"game": "main", **params}})
        try:
            self.connection.sendall(text.encode() + b"\n")
            while True:
                line = self.lines.readline()
                if not line.endswith(b"\n"):
                    raise ConnectionError("the connection ended before the answer")
                message = json.loads(line) if line.strip() else {}
                if message.get("id") == self.last_id:
                    break
        except OSError:
            self.connection.close()
            self.lines = None
            raise
        if "error" in message:
            raise Refused(message["error"]["message"])
        self.version = message["result"]["version"]  # The version of the game after the command.
        return message["result"]

def main():
    client, counts = Client(*sys.argv[1:]), {"acknowledged": 0, "refused": 0, "unknown": 0}
    while client.version is None:
        try:
            first = client.exchange("game.get", {})["version"]
        except OSError:
            time.sleep(0.05)
    commands = [("game.restart", {}), *[("game.move", {"x": x, "y": y}) for x, y in ((0, 0), (1, 0), (2, 0), (0, 1))]] * 8
    for method, params in commands:
        try:
            client.command(method, **params)
            counts["acknowledged"] += 1
        except Refused as reason:
            counts["refused"] += 1
            print(method, params, "refused:", reason)
        except OSError as reason:
            counts["unknown"] += 1
            print(method, params, "unknown:", reason)
    while True:
        try:
            events = client.exchange("game.get", {})["version"] - first
            break
        except OSError:
            time.sleep(0.05)
    print(f"{len(commands)} commands: {counts['acknowledged']} acknowledged, {counts['refused']} refused, {counts['unknown']} unknown;"
          f" {events} events in the game")

main()
