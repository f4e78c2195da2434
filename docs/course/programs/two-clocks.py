#!/usr/bin/env python3
"""Two players with a clock each, of which one is wrong. two-clocks.py HOST PORT FOLDER

Writes what each of them did, in its own order and with its own time, to FOLDER/X.log and FOLDER/O.log:
TIME WHO VERB THING. `sends m2` and `receives m2` are the two ends of one message: the move that led to version 2.
"""
import json, pathlib, socket, sys, time

host, port, folder = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])


class Player:
    def __init__(self, name, clock_error):
        self.name, self.clock_error, self.log, self.last_id = name, clock_error, [], 0
        self.lines = (connection := socket.create_connection((host, port), timeout=5)).makefile("rb")
        self.connection = connection
        self.version = self.request("game.watch")["version"]

    def note(self, verb, thing):
        self.log.append(f"{time.time() % 1000 + 1000 + self.clock_error:.6f} {self.name} {verb} {thing}")

    def request(self, method, **params):
        self.last_id += 1
        text = json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": {"game": "main", **params}})
        self.connection.sendall(text.encode() + b"\n")
        while (message := json.loads(self.lines.readline())).get("id") != self.last_id:
            pass
        return message["result"]

    def move(self, x, y):
        self.note("decides", f"m{self.version + 1}")
        time.sleep(0.02)
        self.note("sends", f"m{self.version + 1}")
        self.version = self.request("game.move", version=self.version, x=x, y=y)["version"]

    def receive(self):
        while (message := json.loads(self.lines.readline())).get("method") != "game.changed":
            pass
        self.version = message["params"]["version"]
        self.note("receives", f"m{self.version}")


x = Player("X", 0)
x.request("game.restart")
o = Player("O", -0.5)  # The clock of O is half a second slow.
x.version = o.version
for mover, other, cell in ((x, o, (1, 1)), (o, x, (0, 0)), (x, o, (2, 0)), (o, x, (0, 2))):
    other.note("waits", f"m{mover.version + 1}")
    mover.move(*cell)
    other.receive()
for player in (x, o):
    (folder / f"{player.name}.log").write_text("\n".join(player.log) + "\n")
    print(f"{folder / player.name}.log: {len(player.log)} events")
