from typing import List


class SettingsError(Exception):
    """Something is wrong with what somebody has set."""


class ParseError(SettingsError):
    def __init__(self, source: str, line: int, why: str) -> None:
        super().__init__(f"{source}:{line}: {why}")
        self.line = line


class Invalid(SettingsError):
    """All that is wrong with a set of settings, one text each."""

    def __init__(self, faults: List[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
