"""Sheet 6, part 4: flooding with a store, receipts and growing pauses."""
import json, secrets

LONGEST_PAUSE = 0.5  # seconds between two attempts


class Relay:
    def __init__(self, name, broadcast, deliver):
        self.name, self.broadcast, self.deliver = name, broadcast, deliver
        self.waiting = {}  # id -> [message, next attempt, pause]: not known to have arrived
        self.arrived = set()  # ids of messages that have arrived somewhere; never forgotten here
        self.now = 0.0

    def send(self, to, text):
        self.keep({"id": secrets.token_hex(8), "from": self.name, "to": to, "text": text})

    def keep(self, message):
        self.waiting[message["id"]] = [message, self.now, 0.05]

    def hear(self, data):
        message = json.loads(data)
        id = message["id"]
        if "to" not in message:
            # A receipt. The first time it is passed on, so that everybody stops.
            if id not in self.arrived:
                self.settle(id)
        elif id in self.arrived:
            self.receipt(id)  # The sender does not know it yet.
        elif message["to"] == self.name:
            self.settle(id)
            self.deliver(message["from"], message["text"])
        elif id not in self.waiting:
            self.keep(message)

    def settle(self, id):
        self.waiting.pop(id, None)
        self.arrived.add(id)
        self.receipt(id)

    def receipt(self, id):
        self.broadcast(json.dumps({"id": id}).encode())

    def tick(self, now):
        self.now = now
        for entry in self.waiting.values():
            message, at, pause = entry
            if now >= at:
                self.broadcast(json.dumps(message).encode())
                entry[1:] = [now + pause, min(pause * 2, LONGEST_PAUSE)]
