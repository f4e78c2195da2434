"""Tic-tac-toe with pickled dictionaries: one thread, one loop, one port. `python3 server.py PORT`

Requests: {"kind": "move", "player": "X", "row": 0, "col": 2}, {"kind": "board"}, {"kind": "reset"}.
Answers: {"kind": "board" | "win" | "draw" | "error", "board": [9 of "X", "O", None], "player": ..., "reason": ...}.
A pickle says itself where it ends, so nothing separates the messages.
"""
import io
import pickle
import select
import socket
import sys

LONGEST = 4096  # bytes of a request


class SafeUnpickler(pickle.Unpickler):
    """Loads plain values only: a pickle that names a class could run any program."""

    def find_class(self, module, name):
        raise pickle.UnpicklingError("only plain values are allowed")


def load_first(data):
    """Returns the first value and its length, or None if the rest of it is still on its way."""
    stream = io.BytesIO(data)
    try:
        value = SafeUnpickler(stream).load()
    except EOFError:
        return None
    except pickle.UnpicklingError as error:
        if "truncated" in str(error):
            return None
        raise
    return value, stream.tell()


board = [None] * 9
turn = "X"
over = False


def reset():
    global board, turn, over
    board = [None] * 9
    turn = "X"
    over = False


def is_won_by(player):
    rows = [board[i:i + 3] for i in (0, 3, 6)]
    columns = [board[i::3] for i in range(3)]
    diagonals = [board[0::4], board[2:7:2]]
    return [player] * 3 in rows + columns + diagonals


def find_mistake(request):
    """Says what is wrong with a move, or None."""
    if set(request) != {"kind", "player", "row", "col"}:
        return "a move has a player, a row and a col"
    player, row, col = request["player"], request["row"], request["col"]
    if over:
        return "the game is over"
    if player not in ("X", "O"):
        return "no such player"
    if player != turn:
        return "not your turn"
    if type(row) is not int or type(col) is not int:
        return "row and col are whole numbers"
    if row < 0 or row > 2 or col < 0 or col > 2:
        return "off the board"
    if board[row * 3 + col] is not None:
        return "the cell is taken"
    return None


def move(request):
    global turn, over
    mistake = find_mistake(request)
    if mistake:
        return {"kind": "error", "reason": mistake, "board": board}
    player = request["player"]
    board[request["row"] * 3 + request["col"]] = player
    turn = "O" if turn == "X" else "X"
    if is_won_by(player):
        over = True
        return {"kind": "win", "player": player, "board": board}
    if None not in board:
        over = True
        return {"kind": "draw", "board": board}
    return {"kind": "board", "board": board}


def answer(request):
    if not isinstance(request, dict):
        return {"kind": "error", "reason": "a request is a dict", "board": board}
    if request.get("kind") == "move":
        return move(request)
    if request == {"kind": "reset"}:
        reset()
        return {"kind": "board", "board": board}
    if request == {"kind": "board"}:
        return {"kind": "board", "board": board}
    return {"kind": "error", "reason": "no such kind", "board": board}


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(256)
listener.setblocking(False)

received = {}  # by socket: bytes without an answer
unsent = {}  # by socket: bytes to send
broken = set()  # sockets to close after that


def drop(sock):
    del received[sock], unsent[sock]
    broken.discard(sock)
    sock.close()


def handle(sock):
    try:
        data = sock.recv(4096)
    except OSError:
        data = b""
    if not data:
        drop(sock)
        return
    received[sock] += data
    try:
        while received[sock]:
            found = load_first(received[sock])
            if found is None:
                break
            request, length = found
            received[sock] = received[sock][length:]
            unsent[sock] += pickle.dumps(answer(request))
        if len(received[sock]) > LONGEST:
            raise ValueError("the request is too long")
    except Exception as error:  # no pickle: nobody knows where the next one begins
        unsent[sock] += pickle.dumps({"kind": "error", "reason": str(error), "board": board})
        broken.add(sock)
    flush(sock)


def flush(sock):
    try:
        sent = sock.send(unsent[sock])
        unsent[sock] = unsent[sock][sent:]
    except BlockingIOError:
        return
    except OSError:
        drop(sock)
        return
    if sock in broken and not unsent[sock]:
        drop(sock)


while True:
    # A client that does not read its answers is not read from.
    writing = [sock for sock in unsent if unsent[sock]]
    reading = [sock for sock in unsent if not unsent[sock]]
    readable, writable, _ = select.select([listener] + reading, writing, [])
    for sock in writable:
        flush(sock)
    for sock in readable:
        if sock is listener:
            client, _ = listener.accept()
            client.setblocking(False)
            received[client] = unsent[client] = b""
        else:
            handle(sock)
