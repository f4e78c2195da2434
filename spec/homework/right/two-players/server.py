"""Tic-tac-toe for pairs of players over TCP: one thread, one loop, one port. `python3 server.py PORT`

The server speaks first and gives out the players in the order of connection. A message is a line. The one request is
PLAY 2 3 (row and column, from 1). Both players get every board; the end of a game closes both connections.
"""
import select
import socket
import sys

LONGEST = 256  # bytes of a request
MOST_UNSENT = 65536  # bytes for a player who does not read


class Player:
    def __init__(self, sock, mark):
        self.sock = sock
        self.mark = mark
        self.game = None
        self.inbox = b""
        self.outbox = b""
        self.leaving = False

    def fileno(self):
        return self.sock.fileno()

    def say(self, text):
        self.outbox += text.encode() + b"\n"


class Game:
    def __init__(self, x, o):
        self.players = [x, o]
        self.board = list(".........")
        self.turn = x
        x.game = o.game = self

    def other(self, player):
        return self.players[1] if player is self.players[0] else self.players[0]

    def __str__(self):
        text = "".join(self.board)
        return f"{text[0:3]}/{text[3:6]}/{text[6:9]}"

    def is_won(self):
        board = self.board
        for a, b, c in [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]:
            if board[a] != "." and board[a] == board[b] == board[c]:
                return True
        return False

    def play(self, player, row, col):
        if player is not self.turn:
            player.say("Not your turn")
            return
        if not 1 <= row <= 3 or not 1 <= col <= 3:
            player.say("Error: there are three rows and three columns")
            return
        cell = (row - 1) * 3 + (col - 1)
        if self.board[cell] != ".":
            player.say("Error: this cell is taken")
            return
        self.board[cell] = player.mark
        other = self.other(player)
        if self.is_won():
            player.say(f"You win {self}")
            other.say(f"You lose {self}")
            self.end()
        elif "." not in self.board:
            player.say(f"Draw {self}")
            other.say(f"Draw {self}")
            self.end()
        else:
            self.turn = other
            player.say(f"Board {self}")
            other.say(f"Board {self}")
            other.say("Your turn")

    def end(self):
        for player in self.players:
            player.leaving = True


players = []
waiting = None  # the player without an opponent


def handle(player, line):
    if player.game is None:
        player.say("Error: wait for the other player")
        return
    try:
        words = line.decode().split()
        if len(words) != 3 or words[0] != "PLAY":
            player.say("Error: say PLAY row column")
            return
        player.game.play(player, int(words[1]), int(words[2]))
    except ValueError:
        player.say("Error: row and column are numbers")


def welcome(sock):
    global waiting
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # "Your turn" follows a board at once
    player = Player(sock, "X" if waiting is None else "O")
    players.append(player)
    player.say(f"Welcome. You are {player.mark}")
    if waiting is None:
        waiting = player
        player.say("Waiting for the other player")
    else:
        game = Game(waiting, player)
        waiting = None
        for one in game.players:
            one.say("The game begins")
        game.turn.say("Your turn")


def drop(player):
    global waiting
    if player not in players:
        return
    players.remove(player)
    player.sock.close()
    if player is waiting:
        waiting = None
    if player.game is not None and not player.leaving:
        other = player.game.other(player)
        other.say("The other player has left")
        other.leaving = True


def receive(player):
    try:
        data = player.sock.recv(4096)
    except BlockingIOError:
        return
    except OSError:
        data = b""
    if not data:
        drop(player)
        return
    player.inbox += data
    while b"\n" in player.inbox and not player.leaving:
        line, player.inbox = player.inbox.split(b"\n", 1)
        handle(player, line)
    if len(player.inbox) > LONGEST and not player.leaving:
        player.say("Error: that is too long")
        player.inbox = b""
        drop_after_sending(player)


def drop_after_sending(player):
    if player.game is not None:
        player.game.other(player).say("The other player has left")
        player.game.end()
    player.leaving = True


def flush(player):
    try:
        sent = player.sock.send(player.outbox)
        player.outbox = player.outbox[sent:]
    except BlockingIOError:
        pass
    except OSError:
        drop(player)
        return
    if len(player.outbox) > MOST_UNSENT or (player.leaving and not player.outbox):
        drop(player)


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("localhost", int(sys.argv[1])))
    listener.listen(256)
    listener.setblocking(False)
    while True:
        # Nothing is read from a player who has not read what was sent, or who is to leave.
        reading = [player for player in players if not player.outbox and not player.leaving]
        writing = [player for player in players if player.outbox or player.leaving]
        readable, writable, _ = select.select([listener] + reading, writing, [])
        for player in readable:
            if player is listener:
                sock, _ = listener.accept()
                welcome(sock)
            else:
                receive(player)
        for player in writable:
            flush(player)


main()
