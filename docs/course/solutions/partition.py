#!/usr/bin/env python3
"""Sheet 5, part 4: which partition a game is in, and how many games move if the number of partitions changes."""
import json, pathlib


def fnv1a(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 % 2**32
    return value


def modulo(game, count):
    return fnv1a(game) % count


def highest(game, count):
    """Each partition draws a number for the game; the highest one has it (rendezvous hashing)."""
    return max(range(count), key=lambda partition: fnv1a(f"{partition}/{game}") * 0x9E3779B1 % 2**32)


examples = json.loads(pathlib.Path("spec/journal/partitions.json").read_text())
wrong = [each for each in examples for count, place in each["partitions"].items() if modulo(each["game"], int(count)) != place]
print(f"{len(examples)} examples, {len(wrong)} wrong")
games = [f"game-{number}" for number in range(10_000)]
for rule in (modulo, highest):
    sizes = [sum(rule(game, 3) == place for game in games) for place in range(3)]
    moved = sum(rule(game, 3) != rule(game, 4) for game in games) / len(games)
    print(f"{rule.__name__}: {sizes} games in 3 partitions; {moved:.0%} of them move when there are 4")
