#!/usr/bin/env python3
"""Runs a relay as a process: thing.py NAME PORT FILE. Its radio is UDP to PORT; a line `TO TEXT` of its input is sent."""
import os, runpy, selectors, socket, sys, time

name, air, file = sys.argv[1], ("127.0.0.1", int(sys.argv[2])), sys.argv[3]
radio = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
radio.sendto(b"here " + name.encode(), air)
relay = runpy.run_path(file)["Relay"](
    name, lambda data: radio.sendto(data, air), lambda sender, text: print(f"from {sender}: {text}", flush=True)
)
selector = selectors.DefaultSelector()
selector.register(radio, selectors.EVENT_READ)
selector.register(sys.stdin, selectors.EVENT_READ)
typed, next_tick = b"", time.monotonic()
while True:
    for key, _ in selector.select(max(0, next_tick - time.monotonic())):
        if key.fileobj is radio:
            relay.hear(radio.recv(65536))
            continue
        piece = os.read(sys.stdin.fileno(), 4096)
        if not piece:
            sys.exit()
        *lines, typed = (typed + piece).split(b"\n")
        for line in lines:
            relay.send(*line.decode().split(" ", 1))
    if time.monotonic() >= next_tick:
        next_tick = time.monotonic() + 0.05
        relay.tick(time.monotonic())
