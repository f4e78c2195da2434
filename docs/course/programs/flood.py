#!/usr/bin/env python3
"""One message floods a field of things. flood.py THINGS RANGE SHARE

THINGS stand anywhere in a square of side 1; RANGE is how far a radio reaches; each thing that hears the message for the first
time passes it on with the probability SHARE. Prints the mean of 50 fields.
"""
import random, sys

count, reach, share = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
total = {"reached": 0, "sent": 0, "heard": 0}
for seed in range(50):
    draw = random.Random(seed)
    places = [(draw.random(), draw.random()) for _ in range(count)]
    near = [[j for j, (u, v) in enumerate(places) if i != j and (u - x) ** 2 + (v - y) ** 2 <= reach**2] for i, (x, y) in enumerate(places)]
    reached, sending = {0}, [0]
    while sending:
        sender = sending.pop(0)
        total["sent"] += 1
        total["heard"] += len(near[sender])
        for other in near[sender]:
            if other not in reached:
                reached.add(other)
                if draw.random() < share:
                    sending.append(other)
    total["reached"] += len(reached)
print(f"reached {total['reached'] / 50:.1f} of {count}, sent {total['sent'] / 50:.1f} times, heard {total['heard'] / 50:.1f} times")
