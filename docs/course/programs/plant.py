#!/usr/bin/env python3
"""Copies a right homework server and plants one mistake in it.

plant.py --list           the mistakes by name, with the submission that each belongs to
plant.py NAME FOLDER      writes the server with that mistake into a new folder
plant.py random FOLDER    one that is not named, for a blind search
"""
import json, pathlib, random, shutil, sys

homework = pathlib.Path(__file__).resolve().parents[3] / "spec" / "homework"
mistakes = json.loads((homework / "mutants.json").read_text())

if sys.argv[1:] == ["--list"]:
    for mistake in mistakes:
        print(f"{mistake['name']:36} {mistake['of']}")
    sys.exit()
if len(sys.argv) != 3:
    sys.exit(__doc__)
name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
# These need Python only; a blind search needs a mistake that few checks show.
candidates = [each for each in mistakes if each["file"].endswith(".py") and len(each["caughtBy"]) <= 4]
chosen = random.choice(candidates) if name == "random" else next((m for m in mistakes if m["name"] == name), None)
if chosen is None:
    sys.exit(f"There is no mistake {name}: choose one of plant.py --list.")
if folder.exists():
    sys.exit(f"{folder} exists already: name a new folder, or remove it.")
shutil.copytree(homework / "right" / chosen["of"], folder)
file = folder / chosen["file"]
text = file.read_text()
if chosen["find"] not in text:
    sys.exit(f"{chosen['name']} does not fit {chosen['of']} any more.")
file.write_text(text.replace(chosen["find"], chosen["replace"], 1))
print(f"{folder} is {chosen['of']} with one mistake")
