"""Tic-tac-toe against the one who started the server: O at the keyboard, X over TCP. `python3 server.py PORT`

A move is a line, A1 to C3, from either side. The first client is X; others are told so. One thread and one loop wait for the
keyboard and for all connections.
"""
import os
import re
import selectors
import socket
import sys

LONGEST = 64  # bytes of a line
LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]

selector = selectors.DefaultSelector()
board = ["."] * 9
turn = "X"
guest = None  # the connection of X
inboxes = {}


def show():
    for row in range(3):
        print(row + 1, *board[3 * row : 3 * row + 3])
    print("  A B C", flush=True)


def say(conn, text):
    if conn is None:
        return
    try:
        conn.sendall(text.encode() + b"\n")
    except OSError:  # it does not read, or it has gone
        drop(conn)


def drop(conn):
    global guest
    if conn in inboxes:
        del inboxes[conn]
        selector.unregister(conn)
        conn.close()
    if conn is guest:
        guest = None


def play(mark, line):
    """Returns why the move is refused; None if it was made."""
    global turn
    match = re.fullmatch("([A-C])([1-3])", line.strip())
    if match is None:
        return "say A1 to C3"
    cell = "ABC".index(match[1]) + 3 * (int(match[2]) - 1)
    if turn is None:
        return "the game is over"
    if mark != turn:
        return "it is not your turn"
    if board[cell] != ".":
        return "this cell is taken"
    board[cell] = mark
    won = any(board[a] == board[b] == board[c] == mark for a, b, c in LINES)
    turn = None if won or "." not in board else "O" if mark == "X" else "X"
    tell("board" if turn else f"{mark} wins" if won else "draw")
    if turn is None:
        print("Nobody has won" if not won else "You have won" if mark == "O" else "You have lost", flush=True)
    return None


def tell(what):
    say(guest, f"{what} {''.join(board)}")
    show()


def from_keyboard():
    data = os.read(0, 4096)
    if not data:
        selector.unregister(0)
    for line in data.decode(errors="replace").splitlines():
        why = play("O", line)
        if why is not None:
            print(f"No: {why}", flush=True)


def from_client(conn):
    try:
        data = conn.recv(4096)
    except OSError:
        data = b""
    if not data:
        return drop(conn)
    inboxes[conn] += data
    while conn in inboxes and b"\n" in inboxes[conn]:
        line, inboxes[conn] = inboxes[conn].split(b"\n", 1)
        why = play("X", line.decode(errors="replace")) if conn is guest else "somebody else plays"
        if why is not None:
            say(conn, f"no {why}")
    if conn in inboxes and len(inboxes[conn]) > LONGEST:
        say(conn, "no that is too long")
        drop(conn)


def main():
    global guest
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("localhost", int(sys.argv[1])))
    listener.listen(256)
    selector.register(listener, selectors.EVENT_READ)
    selector.register(0, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                conn, _ = listener.accept()
                conn.setblocking(False)
                inboxes[conn] = b""
                selector.register(conn, selectors.EVENT_READ)
                guest = guest or conn
            elif key.fileobj == 0:
                from_keyboard()
            elif key.fileobj in inboxes:
                from_client(key.fileobj)


main()
