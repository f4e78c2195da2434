#!/usr/bin/env python3
"""Two clients send different moves at the same version, at the same time, twenty times. race.py HOST PORT"""
import json, socket, sys, threading

host, port = sys.argv[1], int(sys.argv[2])


def ask(lines, connection, method, **params):
    connection.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"game": "main", **params}}).encode() + b"\n")
    return json.loads(lines.readline())


clients = [(connection.makefile("rb"), connection) for connection in (socket.create_connection((host, port)) for _ in range(2))]
winners = []
for race in range(20):
    version = ask(*clients[0], "game.restart")["result"]["version"]
    answers, together = [None, None], threading.Barrier(2)

    def run(index):
        together.wait()
        answers[index] = ask(*clients[index], "game.move", version=version, x=index, y=0)

    threads = [threading.Thread(target=run, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = [index for index in (0, 1) if "result" in answers[index]]
    refused = [answers[index]["error"]["data"]["name"] for index in (0, 1) if "error" in answers[index]]
    assert len(accepted) == 1 and refused == ["stale"], answers
    winners.append("AB"[accepted[0]])
print("".join(winners), "- in each race one was accepted, and the other was stale")
