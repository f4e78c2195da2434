#!/usr/bin/env python3
"""Lets three things talk over a bad radio, in five worlds at once. check-relay.py FILE.py"""
import pathlib, random, socket, subprocess, sys, threading, time

thing = pathlib.Path(__file__).with_name("thing.py")


class Air:
    """The radio between things a, b and c: which pairs are in range, and what is lost or arrives twice."""

    def __init__(self, links, loss=0.0, twice=0.0, seed=1):
        self.links, self.loss, self.twice, self.random = set(links), loss, twice, random.Random(seed)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.sent, self.places, self.heard = 0, {}, {name: [] for name in "abc"}
        threading.Thread(target=self.carry, daemon=True).start()
        command = [sys.executable, thing]
        port = str(self.socket.getsockname()[1])
        self.things = {
            name: subprocess.Popen([*command, name, port, sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for name in "abc"
        }
        for name in "abc":
            threading.Thread(target=self.listen, args=(name,), daemon=True).start()
        self.wait(lambda: len(self.places) == 3, 20)

    def carry(self):
        names = {}
        while True:
            data, place = self.socket.recvfrom(65536)
            if place not in names:
                names[place] = data.decode().split()[1]
                self.places[names[place]] = place
                continue
            self.sent += 1
            for neighbour, other in self.places.items():
                if "".join(sorted(names[place] + neighbour)) in self.links and self.random.random() >= self.loss:
                    for _ in range(2 if self.random.random() < self.twice else 1):
                        self.socket.sendto(data, other)

    def listen(self, name):
        for line in self.things[name].stdout:
            self.heard[name].append(line.strip())

    def say(self, name, to, text):
        try:
            self.things[name].stdin.write(f"{to} {text}\n")
            self.things[name].stdin.flush()
        except BrokenPipeError:
            pass

    def wait(self, claim, seconds):
        until = time.monotonic() + seconds
        while not claim() and time.monotonic() < until:
            time.sleep(0.02)
        return claim()

    def end(self):
        for process in self.things.values():
            process.kill()
            process.wait()


def judge(air, to, wanted, seconds):
    air.wait(lambda: len(air.heard[to]) >= len(wanted), seconds)
    time.sleep(0.3)  # A copy may follow.
    heard = air.heard[to]
    if set(wanted) - set(heard):
        return f"{len(set(wanted) - set(heard))} of {len(wanted)} messages did not arrive at {to}"
    return f"{to} was shown {len(heard)} messages instead of {len(wanted)}" if sorted(heard) != sorted(wanted) else None


def in_range(air):
    air.say("a", "c", "hello")
    air.say("a", "c", "hello")
    return judge(air, "c", ["from a: hello"] * 2, 3)


def over_another(air):
    air.say("a", "c", "over b")
    return judge(air, "c", ["from a: over b"], 3)


def bad_radio(air):
    for number in range(10):
        air.say("a", "c", f"number {number}")
    return judge(air, "c", [f"from a: number {number}" for number in range(10)], 5)


def carried(air):
    air.say("a", "c", "carry this")
    time.sleep(1)
    air.links = {"bc"}  # b has walked from a to c.
    return judge(air, "c", ["from a: carry this"], 4)


def quiet(air):
    air.say("a", "c", "short")
    problem = judge(air, "c", ["from a: short"], 3)
    if problem is None:
        time.sleep(0.7)
        before = air.sent
        time.sleep(1)
        if air.sent - before > 2:
            problem = f"the message has arrived, but the radio sent {air.sent - before} times in the next second: the batteries are empty soon"
        elif air.sent > 30:
            problem = f"{air.sent} transmissions for one message between three things"
    return problem


worlds = {
    "two equal messages in range, each shown once": (in_range, {"links": ["ab", "ac", "bc"], "twice": 1.0}),
    "out of range, over a third thing": (over_another, {"links": ["ab", "bc"]}),
    "half of all transmissions are lost": (bad_radio, {"links": ["ab", "bc"], "loss": 0.5}),
    "never in range at the same time": (carried, {"links": ["ab"]}),
    "quiet when everything has arrived": (quiet, {"links": ["ab", "ac", "bc"]}),
}
results = {}


def run(title):
    trial, world = worlds[title]
    air = Air(**world)
    try:
        results[title] = trial(air)
    finally:
        air.end()


threads = [threading.Thread(target=run, args=(title,)) for title in worlds]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for title in worlds:
    print("right:" if results[title] is None else "WRONG:", title, "" if results[title] is None else f"- {results[title]}")
right = sum(problem is None for problem in results.values())
print(f"{right} of {len(worlds)}")
sys.exit(0 if right == len(worlds) else 1)
