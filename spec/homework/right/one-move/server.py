"""Tic-tac-toe, a connection for each request: one thread, one loop, one port. `python3 server.py PORT`

The client connects and sends one line: "X A1" (column A to C, row 1 to 3), "board" or "new". The server answers with some
lines of text and the drawn board, and closes the connection; nothing else marks the end of the answer.
"""
import select
import socket
import sys

LONGEST = 100  # bytes of a request

LINES = ["A1 B1 C1", "A2 B2 C2", "A3 B3 C3", "A1 A2 A3", "B1 B2 B3", "C1 C2 C3", "A1 B2 C3", "A3 B2 C1"]

marks = {}  # by cell, as "B2"
over = False


def draw():
    rows = [f"{row} " + " ".join(marks.get(column + row, ".") for column in "ABC") for row in "123"]
    return "\n".join(["  A B C"] + rows)


def move(player, cell):
    global over
    if over:
        return "Wrong: the game is over."
    if player not in ("X", "O"):
        return "Wrong: the players are X and O."
    if player != "XO"[len(marks) % 2]:
        return "Wrong: it is not your turn."
    if len(cell) != 2 or cell[0] not in "ABC" or cell[1] not in "123":
        return "Wrong: there is no such cell."
    if cell in marks:
        return "Wrong: the cell is taken."
    marks[cell] = player
    if any(all(marks.get(one) == player for one in line.split()) for line in LINES):
        over = True
        return f"Player {player} wins!"
    if len(marks) == 9:
        over = True
        return "Nobody wins."
    return "Done."


def answer(line):
    global over
    words = line.decode("utf-8", "replace").split()
    if words == ["board"]:
        text = "Here it is."
    elif words == ["new"]:
        marks.clear()
        over = False
        text = "Done."
    elif len(words) == 2:
        text = move(*words)
    else:
        text = "Wrong: say a player and a cell, board or new."
    return f"{text}\n{draw()}\n".encode()


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(256)
listener.setblocking(False)
asking = {}  # by socket: the request so far
answered = {}  # by socket: the answer that is left to send


def close(sock):
    asking.pop(sock, None)
    answered.pop(sock, None)
    sock.close()


def receive(sock):
    data = sock.recv(4096)
    if not data:
        close(sock)
        return
    asking[sock] += data
    line, end, _ = asking[sock].partition(b"\n")
    if end or len(line) > LONGEST:
        del asking[sock]
        answered[sock] = answer(line[:LONGEST + 1] if end else b"too long a line")
        send(sock)


def send(sock):
    sent = sock.send(answered[sock])
    answered[sock] = answered[sock][sent:]
    if not answered[sock]:
        close(sock)


while True:
    readable, writable, _ = select.select([listener, *asking], list(answered), [])
    for sock in readable + writable:
        try:
            if sock is listener:
                client, _ = listener.accept()
                client.setblocking(False)
                asking[client] = b""
            elif sock in asking:
                receive(sock)
            else:
                send(sock)
        except BlockingIOError:
            pass
        except OSError:  # the client has left
            if sock is not listener:
                close(sock)
