#!/usr/bin/env python3
"""One request to a server with length-prefixed JSON, and its answer. ask.py HOST PORT REQUEST"""
import json, socket, struct, sys

def exactly(connection, size):
    """Reads `size` bytes, in however many pieces they come."""
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise ConnectionError(f"the connection ended after {len(data)} of {size} bytes")
        data += piece
    return data

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    request = json.dumps(json.loads(sys.argv[3])).encode()
    connection.sendall(struct.pack(">I", len(request)) + request)
    (length,) = struct.unpack(">I", exactly(connection, 4))
    print(length, exactly(connection, length).decode())
