"""A client of tic-tac-toe for one of two players: `python3 client.py HOST PORT`

The server says who the player is, whose turn it is and what the board is. One loop waits for the keyboard and the server.
A move is the number of a cell, from 1 to 9 in reading order.
"""
import os
import re
import select
import socket
import sys

LONGEST = 1024  # bytes of a message
BOARD = re.compile(r"(Board|You win|You lose|Draw) ([XO.]{3}/[XO.]{3}/[XO.]{3})")


def say(text):
    print(text, flush=True)


def show(line):
    """Shows a message. Returns whether the game is over."""
    match = BOARD.fullmatch(line)
    if match is None:
        say(line if line.isprintable() else "The server sent what nobody can read.")
        return False
    kind, board = match.groups()
    cells = [cell if cell in "XO" else str(number) for number, cell in enumerate(board.replace("/", ""), 1)]
    for row in (0, 3, 6):
        say("".join(cells[row:row + 3]))
    if kind != "Board":
        say(kind)
    return kind != "Board"


def send_move(sock, line):
    text = line.strip().decode(errors="replace")
    if text not in list("123456789"):
        say("Type the number of a free cell, from 1 to 9.")
        return
    cell = int(text) - 1
    sock.sendall(f"PLAY {cell // 3 + 1} {cell % 3 + 1}\n".encode())


def main():
    sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    received = typed = b""
    while True:
        readable, _, _ = select.select([sock, 0], [], [])
        if sock in readable:
            data = sock.recv(4096)
            if not data:
                sys.exit("The server has closed the connection.")
            received += data
            while b"\n" in received:
                line, received = received.split(b"\n", 1)
                if show(line.decode(errors="replace")):
                    return
            if len(received) > LONGEST:
                sys.exit("The server sent a message that is too long.")
        if 0 in readable:
            data = os.read(0, 4096)
            if not data:
                return
            typed += data
            while b"\n" in typed:
                line, typed = typed.split(b"\n", 1)
                send_move(sock, line)


try:
    main()
except KeyboardInterrupt:
    pass
except OSError as error:
    sys.exit(f"The server cannot be reached: {error}")
