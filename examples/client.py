#!/usr/bin/env python3
"""A whole game over JSON lines. client.py HOST PORT [GAME]: against the bot, or against the client that names the same GAME."""
import json, random, secrets, socket, sys, time

class Refused(Exception):
    """The server refused the request for good, or at this version."""

class Oxo:
    """One account in one game. Repeats each request, on a new connection if necessary, until it is answered."""
    def __init__(self, host, port, game):
        self.address, self.game, self.token, self.lines, self.last_id = (host, int(port)), game, None, None, 0

    def call(self, method, **params):
        while True:
            try:
                if self.lines is None:
                    connection = socket.create_connection(self.address, timeout=15)
                    self.lines = connection.makefile("rw", encoding="utf-8", newline="\n")
                    hello = self.request("hello", {"token": self.token} if self.token else {"name": "python"})
                    self.token, self.account = hello["token"], hello["account"]["id"]
                return self.request(method, {"game": self.game, **params})
            except OSError:  # The connection is lost or silent, or the answer says: retry the same request.
                self.lines = None
                time.sleep(random.uniform(0.1, 0.5))

    def request(self, method, params):
        self.last_id += 1
        print(json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}), file=self.lines, flush=True)
        while (message := self.receive()).get("id") != self.last_id:
            pass
        if "error" in message:
            raise (OSError if message["error"]["data"]["retry"] == "same" else Refused)(message["error"]["message"])
        return message["result"]

    def receive(self):
        if not (line := self.lines.readline()):
            raise ConnectionResetError
        return json.loads(line)

    def play(self, view):
        while view["outcome"] is None:
            try:
                if all(view["players"].values()) and view["players"][view["turn"]]["id"] == self.account:
                    cell = random.choice([cell for cell, mark in enumerate(view["board"]) if mark == "."])
                    y, x = divmod(cell, view["rules"]["width"])
                    view = self.call("game.move", version=view["version"], x=x, y=y)
                else:  # Notifications: keep the newest state.
                    view = max(view, self.receive().get("params", {}), key=lambda view: view.get("version", 0))
            except (OSError, Refused) as reason:
                self.lines = self.lines if isinstance(reason, Refused) else None
                view = self.call("game.watch")
        return view

host, port, *game = sys.argv[1:]
oxo = Oxo(host, port, game[0] if game else "py" + secrets.token_urlsafe(16))
try:
    view = oxo.play(oxo.call("game.create", **({} if game else {"opponent": {"bot": "perfect"}})))
except Refused:  # The other client has created the game.
    view = oxo.play(oxo.call("game.join"))
print(view["board"], view["outcome"]["by"], view["outcome"]["winner"])
