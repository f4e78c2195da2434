"""Tic-tac-toe with length-prefixed JSON: one thread, one asyncio loop, one port. `python3 server.py PORT`

A message is its length in bytes (four bytes, the highest first) and as many bytes of JSON. Requests:
{"action": "move", "player": "X", "row": 0, "column": 2}, {"action": "show"}, {"action": "reset"}.
Answers: {"result": "ok" | "win" | "draw" | "error", "board": [["X", "", ""], ...], "winner": "X", "reason": "..."}.
"""
import asyncio
import json
import sys

LONGEST = 4096  # bytes of a request


class Mistake(Exception):
    """What is wrong with a request."""


class Board:
    def __init__(self):
        self.cells = [["", "", ""], ["", "", ""], ["", "", ""]]
        self.moves = 0
        self.over = False

    def player_to_move(self):
        return "X" if self.moves % 2 == 0 else "O"

    def check(self, player, row, column):
        if self.over:
            raise Mistake("the game is over")
        if player not in ("X", "O"):
            raise Mistake("the players are X and O")
        if player != self.player_to_move():
            raise Mistake("not your turn")
        if type(row) is not int or type(column) is not int:
            raise Mistake("row and column are whole numbers")
        if row not in range(3) or column not in range(3):
            raise Mistake("off the board")
        if self.cells[row][column]:
            raise Mistake("the cell is taken")

    def place(self, player, row, column):
        self.cells[row][column] = player
        self.moves += 1
        cells = self.cells
        wins = (
            all(cells[row][c] == player for c in range(3))
            or all(cells[r][column] == player for r in range(3))
            or all(cells[i][i] == player for i in range(3))
            or all(cells[i][2 - i] == player for i in range(3))
        )
        if wins:
            self.over = True
            return {"result": "win", "winner": player, "board": cells}
        if self.moves == 9:
            self.over = True
            return {"result": "draw", "board": cells}
        return {"result": "ok", "board": cells}


board = Board()


def answer(body):
    global board
    try:
        request = json.loads(body.decode("utf-8"))
        if request == {"action": "show"}:
            return {"result": "ok", "board": board.cells}
        if request == {"action": "reset"}:
            board = Board()
            return {"result": "ok", "board": board.cells}
        if not isinstance(request, dict) or request.get("action") != "move":
            raise Mistake("the actions are move, show and reset")
        if set(request) != {"action", "player", "row", "column"}:
            raise Mistake("a move has a player, a row and a column")
        player, row, column = request["player"], request["row"], request["column"]
        board.check(player, row, column)
        return board.place(player, row, column)
    except (ValueError, RecursionError):  # no UTF-8, no JSON, or nested too deeply
        return {"result": "error", "reason": "that is not JSON", "board": board.cells}
    except Mistake as mistake:
        return {"result": "error", "reason": str(mistake), "board": board.cells}


async def send(writer, message):
    body = json.dumps(message).encode("utf-8")
    writer.write(len(body).to_bytes(4, "big") + body)
    await writer.drain()  # waits for a client that reads slowly; the others are served meanwhile


async def serve(reader, writer):
    try:
        while True:
            length = int.from_bytes(await reader.readexactly(4), "big")
            if length > LONGEST:
                await send(writer, {"result": "error", "reason": "too long", "board": board.cells})
                break
            body = await reader.readexactly(length)
            await send(writer, answer(body))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # the client is gone
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=LONGEST, backlog=256)
    await server.serve_forever()


asyncio.run(main())
