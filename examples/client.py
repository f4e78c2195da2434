#!/usr/bin/env python3
"""A whole game over JSON lines. client.py HOST PORT [GAME]: against the bot, or against the client that names the same GAME."""
import json, random, secrets, socket, sys, time

class Refused(Exception):
    """The server refused the request for good, or at this version. Its argument is the `error` of the answer."""

LOST = (OSError, ValueError, LookupError, TypeError, AttributeError)  # The connection has ended, or garbage came.

class Oxo:
    """One account in one game. Repeats each request, on a new connection if necessary, until it is answered."""
    def __init__(self, host, port, game):
        self.address, self.game, self.lines, self.last_id, self.tries, self.rest_ms = (host, int(port)), game, None, 0, 0, 0
        self.token = self.history = self.view = None

    def call(self, method, **params):
        while True:
            try:
                if self.lines is None and self.connect() and "version" in params:
                    raise Refused({"message": "the games were replaced", "data": {"retry": "refresh"}})
                return self.take(self.request(method, {"game": self.game, **params}))
            except LOST as reason:
                self.lose(reason)

    def connect(self):
        """Says hello with the token, and watches the game again. Returns whether the server now has other games."""
        connection = socket.create_connection(self.address, timeout=10)
        # Framing: a line is a message. TCP delivers bytes in any pieces; `makefile` joins them. It only reads: a file of text
        # that is also written to forgets what it has read ahead.
        self.connection, self.lines = connection, connection.makefile("rb")
        hello = self.request("hello", {"token": self.token} if self.token else {"name": "Python client"})
        connection.settimeout(hello["heartbeatMs"] * 2 / 1000)  # A longer silence means that the connection is dead.
        is_other = self.history not in (None, hello.get("journal"))
        self.token, self.account, self.history = hello["token"], hello["account"]["id"], hello.get("journal")
        if self.view:
            self.view["version"] *= not is_other
            self.take(self.request("game.watch", {"game": self.game}))
        return is_other

    def lose(self, reason):
        print("connecting again:", reason, file=sys.stderr)
        self.lines, rest_ms, self.rest_ms = None, self.rest_ms, 0
        self.pause(rest_ms, 15)

    def pause(self, least_ms, most_s):
        self.tries += 1
        time.sleep(least_ms / 1000 + random.uniform(0, min(most_s, 2 ** self.tries / 4)))

    def request(self, method, params):
        """Sends the request again and again while the answer says: wait, then send the same."""
        while True:
            self.last_id += 1
            text = json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params})
            self.connection.sendall(f"{text}\n".encode())
            while (message := self.receive()).get("id") != self.last_id:
                pass
            if "error" not in message:
                return message["result"]
            data = message["error"]["data"]
            if data["retry"] != "same" and "retryAfterMs" not in data:
                raise Refused(message["error"])
            print("waiting:", data["name"], file=sys.stderr)
            self.pause(data.get("retryAfterMs", 0), 2)  # rate-limited, unavailable, outcome-unknown

    def receive(self):
        """Returns the next message. Takes the state in a notification, whatever is waited for."""
        while (line := self.lines.readline(65536)) == b"\n":  # The server's heartbeat.
            pass
        if not line.endswith(b"\n"):
            raise ConnectionResetError("the connection has ended")
        message = json.loads(line)
        if message.get("method") == "game.changed" and message["params"]["game"] == self.game:
            self.take(message["params"])
        if message.get("method") == "server.closing":
            self.rest_ms = message["params"]["reconnectInMs"]
        return message

    def take(self, view):
        """Keeps the newest state and shows it."""
        board, width, version = view["board"], view["rules"]["width"], view["version"]
        if self.view is None or version > self.view["version"]:
            self.view, self.tries = view, 0
            print(*(board[start:start + width] for start in range(0, len(board), width)), "", sep="\n", flush=True)

    def play(self):
        while (view := self.view)["outcome"] is None:
            try:
                if all(view["players"].values()) and view["players"][view["turn"]]["id"] == self.account:
                    y, x = divmod(view["board"].index("."), view["rules"]["width"])
                    self.call("game.move", version=view["version"], x=x, y=y)
                elif self.lines is None:
                    self.call("game.watch")
                else:
                    self.receive()
            except LOST as reason:
                self.lose(reason)
            except Refused as refused:
                if refused.args[0]["data"]["retry"] != "refresh":
                    raise
                print("refused:", refused.args[0]["message"], file=sys.stderr)
                self.call("game.get")

host, port, *game = sys.argv[1:]
oxo = Oxo(host, port, game[0] if game else "py" + secrets.token_urlsafe(16))
try:
    try:
        oxo.call("game.create", **({} if game else {"opponent": {"bot": "perfect"}}))
    except Refused as refused:
        if refused.args[0]["data"]["name"] != "id-taken":
            raise
        oxo.call("game.join")  # The other client has created the game.
    oxo.play()
except Refused as refused:
    sys.exit(f"refused: {refused.args[0]['message']}")
print(oxo.view["board"], oxo.view["outcome"]["by"], oxo.view["outcome"]["winner"] or "nobody")
