#!/usr/bin/env python3
"""Asks twice for the board, and prints what each call of recv returns. pieces.py HOST PORT SIZE"""
import socket, sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    connection.sendall(b"board\nboard\nquit\n")
    count = total = 0
    while piece := connection.recv(int(sys.argv[3])):
        count, total = count + 1, total + len(piece)
        print(f"recv {count}: {len(piece)} bytes, ends with {piece[-12:]}")
print(f"{total} bytes in {count} calls of recv")
