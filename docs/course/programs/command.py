"""The exercise of sheet 2: sends one command. `client` has `exchange` and `version`; see once.py."""


def command(client, method, params):
    return client.exchange(method, params)
