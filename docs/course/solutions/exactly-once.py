"""Sheet 2, part 4, third step: the version is chosen once, before the first attempt, so a repeat is recognised."""
import time


def command(client, method, params):
    version = client.version
    while True:
        try:
            return client.exchange(method, {**params, "version": version})
        except OSError:
            time.sleep(0.05)
