"""The exercise of sheet 4: a list of texts in a file. An entry for which `append` has returned must never be lost."""


class Store:
    def __init__(self, path):
        """Opens the file, or makes it, and reads what is in it into `entries`."""
        self.path = path
        try:
            with open(path) as file:
                self.entries = file.read().splitlines()
        except FileNotFoundError:
            self.entries = []

    def append(self, text):
        with open(self.path, "a") as file:
            file.write(text + "\n")
        self.entries.append(text)
