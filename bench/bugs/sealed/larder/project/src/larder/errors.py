class LarderError(Exception):
    pass


class Damaged(LarderError):
    """A record that is not as it was written."""

    def __init__(self, where, at: int) -> None:
        super().__init__(f"{where}: damaged at byte {at}")
        self.at = at


class Locked(LarderError):
    """Somebody else has the folder open."""
