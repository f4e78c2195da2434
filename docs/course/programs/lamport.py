#!/usr/bin/env python3
"""Prints the events of all logs in one order. lamport.py X.log O.log

The exercise is `number`: as it is, it believes the clocks.
"""
import pathlib, sys


def number(logs):
    """Gives each event a number. Takes a list of events for each player; returns a list of (number, who, verb, thing)."""
    return [(float(time), who, verb, thing) for log in logs for time, who, verb, thing in log]


logs = [[line.split() for line in pathlib.Path(name).read_text().splitlines()] for name in sys.argv[1:]]
for event in sorted(number(logs)):
    print(*event)
