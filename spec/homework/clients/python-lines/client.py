"""A client of tic-tac-toe over TCP. Two players share it. `python3 client.py HOST PORT`

A message is a line. The client sends MOVE X 2 3 (row and column, from 1); the server answers with BOARD X...O....,
WIN X <board>, DRAW <board> or ERROR <reason>.
"""
import socket
import sys

LONGEST = 1024  # bytes of an answer


class Connection:
    def __init__(self, host, port):
        self.sock = socket.create_connection((host, port))
        self.received = b""

    def ask(self, line):
        """Sends a line and returns the line that answers it."""
        self.sock.sendall(line.encode() + b"\n")
        while b"\n" not in self.received:
            data = self.sock.recv(4096)
            if not data:
                sys.exit("The server has closed the connection.")
            self.received += data
            if len(self.received) > LONGEST:
                sys.exit("The server sent an answer that is too long.")
        answer, self.received = self.received.split(b"\n", 1)
        return answer.decode(errors="replace")


def show(board):
    for row in range(3):
        print(" " + " | ".join(board[3 * row:3 * row + 3].replace(".", " ")))


def read_move():
    """Asks until two numbers from 1 to 3 are typed."""
    while True:
        words = input("row and column: ").split()
        if len(words) == 2 and all(word in ("1", "2", "3") for word in words):
            return words
        print("Type two numbers from 1 to 3, such as 2 3.")


def is_board(text):
    return len(text) == 9 and set(text) <= set("XO.")


def main():
    connection = Connection(sys.argv[1], int(sys.argv[2]))
    player = "X"
    while True:
        print(f"{player} moves.")
        row, column = read_move()
        answer = connection.ask(f"MOVE {player} {row} {column}")
        kind, _, rest = answer.partition(" ")
        board = rest.split(" ")[-1]
        if kind == "ERROR":
            print(f"Error: {rest}")
        elif kind not in ("BOARD", "WIN", "DRAW") or not is_board(board):
            print("The server sent an answer that nobody understands.")
        else:
            show(board)
            if kind == "WIN":
                print(f"{rest[0]} has won.")
                return
            if kind == "DRAW":
                print("Nobody has won.")
                return
            player = "O" if player == "X" else "X"


try:
    main()
except (EOFError, KeyboardInterrupt):
    print()
except OSError as error:
    sys.exit(f"The server cannot be reached: {error}")
