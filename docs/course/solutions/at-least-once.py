"""Sheet 2, part 4, second step: repeats a command until it is answered, so it may happen twice."""
import time


def command(client, method, params):
    while True:
        try:
            return client.exchange(method, params)
        except OSError:
            time.sleep(0.05)
