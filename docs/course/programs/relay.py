"""The exercise of sheet 6: a thing that passes messages on. There is no server, and the radio loses, repeats and cuts off."""
import json


class Relay:
    def __init__(self, name, broadcast, deliver):
        """`broadcast(bytes)` sends to everybody in range; `deliver(sender, text)` shows a message that is for this thing."""
        self.name, self.broadcast, self.deliver = name, broadcast, deliver

    def send(self, to, text):
        """The owner of this thing wants to say something to the owner of another one."""
        self.broadcast(json.dumps({"from": self.name, "to": to, "text": text}).encode())

    def hear(self, data):
        """The radio has received something that a neighbour has sent."""
        message = json.loads(data)
        if message["to"] == self.name:
            self.deliver(message["from"], message["text"])

    def tick(self, now):
        """Called twenty times a second; `now` is in seconds, from any beginning."""
