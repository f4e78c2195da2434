#!/usr/bin/env python3
"""Many clients, each with a board of its own and one command at a time. load.py HOST PORT CLIENTS SECONDS"""
import asyncio, json, secrets, statistics, sys, time

host, port, clients, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
commands = [("game.restart", {}), *(("game.move", {"x": x, "y": y}) for x in (0, 1) for y in (0, 1))]


async def play(waits, deadline):
    reader, writer = await asyncio.open_connection(host, port)
    game = secrets.token_hex(8)

    async def ask(method, params):
        writer.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"game": game, **params}}).encode() + b"\n")
        while "id" not in (answer := json.loads(await reader.readline() or b"{}") or sys.exit("the server has ended the connection")):
            pass
        return answer.get("result") or sys.exit(answer["error"]["message"])

    await ask("game.create", {"seats": "open"})
    while time.monotonic() < deadline:
        for method, params in commands:
            sent = time.monotonic()
            await ask(method, params)
            waits.append(time.monotonic() - sent)
    writer.close()


async def run():
    waits, began = [], time.monotonic()
    await asyncio.gather(*(play(waits, began + seconds) for _ in range(clients)))
    took = time.monotonic() - began
    waits.sort()
    print(f"{clients:4} clients: {len(waits) / took:6.0f} commands a second, mean wait {statistics.mean(waits) * 1000:.2f} ms,"
          f" 99 of 100 below {waits[len(waits) * 99 // 100] * 1000:.2f} ms")


asyncio.run(run())
