#!/usr/bin/env python3
"""Can the events have happened in this order? check-order.py X.log O.log < ORDER

ORDER and the logs have one event a line: any numbers, then WHO VERB THING.
"""
import pathlib, sys


def read(text):
    """The events without the numbers before them, as tuples (who, verb, thing)."""
    return [tuple(line.split()[-3:]) for line in text.splitlines() if line.strip()]


order = read(sys.stdin.read())
problems, sent = [], set()
for name in sys.argv[1:]:
    log = read(pathlib.Path(name).read_text())
    if [event for event in order if event[0] == log[0][0]] != log:
        problems.append(f"the events of {log[0][0]} are not those of its log, in their order")
for who, verb, *thing in order:
    if verb == "sends":
        sent.add(thing[0])
    if verb == "receives" and thing[0] not in sent:
        problems.append(f"{who} receives {thing[0]} before anybody sends it")
for problem in problems:
    print("impossible:", problem)
print(f"{len(order)} events, {len(problems)} problems")
sys.exit(1 if problems else 0)
