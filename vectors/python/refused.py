"""The one exception of this implementation."""


class Refused(Exception):
    """Carries the error code and, with it, what the protocol asks for: field, issues or findings. Never the input."""

    def __init__(self, code, **details):
        super().__init__(code)
        self.answer = {"error": code, **details}
