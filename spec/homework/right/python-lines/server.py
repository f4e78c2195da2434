"""Tic-tac-toe over TCP: one thread, one loop, one port. `python3 server.py PORT`

A message is a line. Requests: MOVE X 1 2 (player, row, column; both from 1), SHOW, RESET.
Answers: BOARD X.O......, WIN X X.O......, DRAW X.O......, ERROR reason.
"""
import selectors
import socket
import sys

LONGEST = 1024  # bytes of a request

LINES = [
    [(0, 0), (0, 1), (0, 2)], [(1, 0), (1, 1), (1, 2)], [(2, 0), (2, 1), (2, 2)],
    [(0, 0), (1, 0), (2, 0)], [(0, 1), (1, 1), (2, 1)], [(0, 2), (1, 2), (2, 2)],
    [(0, 0), (1, 1), (2, 2)],
    [(0, 2), (1, 1), (2, 0)],
]


class Refused(Exception):
    """The request is wrong; the text says why."""


class Game:
    def __init__(self):
        self.reset()

    def reset(self):
        self.board = [["."] * 3 for _ in range(3)]
        self.turn = "X"
        self.over = False

    def has_won(self, player):
        return any(all(self.board[row][col] == player for row, col in line) for line in LINES)

    def is_full(self):
        return all(cell != "." for row in self.board for cell in row)

    def move(self, player, row, col):
        if self.over:
            raise Refused("the game is over")
        if player not in ("X", "O"):
            raise Refused("no such player")
        if player != self.turn:
            raise Refused("not your turn")
        if not (0 <= row <= 2 and 0 <= col <= 2):
            raise Refused("off the board")
        if self.board[row][col] != ".":
            raise Refused("the cell is taken")
        self.board[row][col] = player
        self.turn = "O" if player == "X" else "X"
        if self.has_won(player):
            self.over = True
            return f"WIN {player} {self}"
        if self.is_full():
            self.over = True
            return f"DRAW {self}"
        return f"BOARD {self}"

    def __str__(self):
        return "".join("".join(row) for row in self.board)


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.inbox = b""
        self.outbox = b""
        self.leaving = False  # closed once the outbox is sent


game = Game()
selector = selectors.DefaultSelector()


def answer(line):
    try:
        words = line.decode("ascii").split()
        if words == ["SHOW"]:
            return f"BOARD {game}"
        if words == ["RESET"]:
            game.reset()
            return f"BOARD {game}"
        if len(words) != 4 or words[0] != "MOVE":
            raise Refused("say MOVE player row column, SHOW or RESET")
        return game.move(words[1], int(words[2]) - 1, int(words[3]) - 1)
    except ValueError:  # not a number, or not text
        return "ERROR that is not a number"
    except Refused as reason:
        return f"ERROR {reason}"


def accept(listener):
    sock, _ = listener.accept()
    sock.setblocking(False)
    selector.register(sock, selectors.EVENT_READ, Client(sock))


def drop(client):
    selector.unregister(client.sock)
    client.sock.close()


def receive(client):
    try:
        data = client.sock.recv(4096)
    except OSError:
        data = b""
    if not data:
        drop(client)
        return
    client.inbox += data
    while b"\n" in client.inbox:
        line, client.inbox = client.inbox.split(b"\n", 1)
        client.outbox += answer(line).encode() + b"\n"
    if len(client.inbox) > LONGEST:
        client.outbox += b"ERROR the line is too long\n"
        client.leaving = True
    send(client)


def send(client):
    try:
        sent = client.sock.send(client.outbox)
    except BlockingIOError:
        sent = 0
    except OSError:
        drop(client)
        return
    client.outbox = client.outbox[sent:]
    if client.outbox:  # read no more from a client that does not read
        selector.modify(client.sock, selectors.EVENT_WRITE, client)
    elif client.leaving:
        drop(client)
    else:
        selector.modify(client.sock, selectors.EVENT_READ, client)


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", int(sys.argv[1])))
    listener.listen(256)
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, events in selector.select():
            client = key.data
            if client is None:
                accept(listener)
            elif events & selectors.EVENT_READ:
                receive(client)
            else:
                send(client)


main()
