#!/usr/bin/env python3
"""Is there one order that explains all answers? linearizable.py FILE

Each line of FILE is one operation on a register that begins with 0: WHO BEGAN ENDED write VALUE, or
WHO BEGAN ENDED read VALUE, where VALUE is what was read. Times are numbers; # begins a comment.
"""
import itertools, pathlib, sys

lines = [line.split("#")[0].split() for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
operations = [(who, float(began), float(ended), verb, value) for who, began, ended, verb, value in filter(None, lines)]


def explains(order):
    register = "0"
    for index, (_, began, _, verb, value) in enumerate(order):
        if any(later[2] < began for later in order[index + 1 :]):
            return False  # One that had ended before this one began comes after it.
        if verb == "write":
            register = value
        elif register != value:
            return False
    return True


found = next((order for order in itertools.permutations(operations) if explains(order)), None)
if found is None:
    sys.exit("not linearizable: no order explains these answers")
print("linearizable:", ", ".join(f"{who} {verb} {value}" for who, _, _, verb, value in found))
