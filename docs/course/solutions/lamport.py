#!/usr/bin/env python3
"""Prints the events of all logs in an order of Lamport numbers. lamport.py X.log O.log"""
import pathlib, sys


def number(logs):
    numbered, sent, waiting = [], {}, [list(log) for log in logs]
    clocks = [0] * len(logs)
    while any(waiting):
        for index, log in enumerate(waiting):
            # A receipt has to wait until its message has a number.
            while log and (log[0][2] != "receives" or log[0][3] in sent):
                _, who, verb, thing = log.pop(0)
                clocks[index] = max(clocks[index], sent[thing] if verb == "receives" else 0) + 1
                if verb == "sends":
                    sent[thing] = clocks[index]
                numbered.append((clocks[index], who, verb, thing))
    return numbered


logs = [[line.split() for line in pathlib.Path(name).read_text().splitlines()] for name in sys.argv[1:]]
for event in sorted(number(logs)):
    print(*event)
