#!/usr/bin/env python3
"""Tries to make a store lose or invent entries. check-store.py FILE.py"""
import os, pathlib, random, runpy, signal, subprocess, sys, tempfile

if len(sys.argv) == 4:  # The child that is killed: appends and says what has been acknowledged.
    store = runpy.run_path(sys.argv[1])["Store"](sys.argv[2])
    for number in range(int(sys.argv[3]), 1_000_000):
        store.append(f"entry {number}")
        print(number, flush=True)

program = sys.argv[1]
Store = runpy.run_path(program)["Store"]
wrong = []


def check(title, problem):
    print("right:" if problem is None else "WRONG:", title, "" if problem is None else f"- {problem}")
    wrong.extend([] if problem is None else [title])


def attempt(trial):
    try:
        return trial()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def open_again(folder):
    path = folder / "a"
    store = Store(path)
    for text in ("one", "two", "ü three"):
        store.append(text)
    found = list(Store(path).entries)
    return None if found == ["one", "two", "ü three"] else f"found {found}"


def killed(folder):
    path, acknowledged = folder / "b", 0
    for _ in range(3):
        child = subprocess.Popen([sys.executable, __file__, program, path, str(acknowledged)], stdout=subprocess.PIPE, text=True)
        for _ in range(random.randint(5, 60)):
            acknowledged = int(child.stdout.readline()) + 1
        child.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(line) + 1 for line in child.stdout.read().split("\n")[:-1])])
        child.wait()
        found = list(Store(path).entries)
        if found not in ([f"entry {n}" for n in range(count)] for count in (acknowledged, acknowledged + 1)):
            return f"{acknowledged} were acknowledged, but {len(found)} were found, the last one {found[-1:]}"
        acknowledged = len(found)
    return None


def synced(folder):
    order, real = [], (os.fsync, os.fdatasync)
    os.fsync = os.fdatasync = lambda file: (order.append(os.fstat(file if isinstance(file, int) else file.fileno()).st_size), real[0](file))
    try:
        store = Store(folder / "c")
        order.clear()
        before = 0
        for text in ("one", "two"):
            store.append(text)
            if not order:
                return "append returned before the file was synced: a power cut loses the entry"
            if order[-1] <= before:
                return "the file was synced before the entry was in it: flush first"
            before = order[-1]
            order.clear()
    finally:
        os.fsync, os.fdatasync = real
    return None


def of_three(path):
    store = Store(path)
    for text in ("one", "two", "three"):
        store.append(text)
    return path.read_bytes()


def torn(folder):
    path = folder / "d"
    data = of_three(path)
    for length in range(len(data)):
        path.write_bytes(data[:length])
        found = list(Store(path).entries)
        if found != ["one", "two", "three"][: len(found)]:
            return f"after a power cut at byte {length} of {len(data)} it has {found}"
        Store(path).append("four")
        again = list(Store(path).entries)
        if again != [*found, "four"]:
            return f"after a power cut at byte {length} of {len(data)} and another append it has {again}"
    return None


def flipped(folder):
    path = folder / "e"
    data = of_three(path)
    at = data.index(b"two") + 1
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    try:
        found = list(Store(path).entries)
    except Exception:
        return None  # Refusing to open is right.
    return f"one bit of the file was changed, and it has {found} without a word"


with tempfile.TemporaryDirectory() as name:
    trials = {
        "what was appended is there after opening again": open_again,
        "a killed process loses nothing that was acknowledged": killed,
        "an entry is on the disk before append returns": synced,
        "an entry that is half written is dropped, and the next one is whole": torn,
        "a changed bit in the middle is noticed": flipped,
    }
    for title, trial in trials.items():
        check(title, attempt(lambda: trial(pathlib.Path(name))))
print(f"{5 - len(wrong)} of 5")
sys.exit(1 if wrong else 0)
