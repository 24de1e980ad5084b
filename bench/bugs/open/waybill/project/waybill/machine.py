"""A state machine: states, named moves between them, guards that may say no, hooks that are told."""

from collections import deque


class NotAllowed(Exception):
    def __init__(self, move, state, why=""):
        super().__init__("cannot %s when %s%s" % (move, state, ": " + why if why else ""))
        self.move = move
        self.state = state
        self.why = why


class Machine:
    """Knows no subject of its own: the subject's attribute `state` is what it works on."""

    def __init__(self, initial):
        self.initial = initial
        self._moves = {}  # name -> {source: target}
        self._guards = {}  # name -> [function(subject, **details) -> None or why not]
        self._hooks = []  # (states or None, function(subject, move, before))

    def move(self, name, sources, target):
        """Declare a move; several declarations of a name add up. Sources are one text with commas, or * for all."""
        table = self._moves.setdefault(name, {})
        for source in (part.strip() for part in sources.split(",")):
            if source in table:
                raise ValueError("%s leads two ways from %s" % (name, source))
            table[source] = target
        return self

    def guard(self, name):
        """Decorator: a function that returns why a move may not be made, or None."""
        if name not in self._moves:
            raise ValueError("there is no move %s" % name)

        def add(function):
            self._guards.setdefault(name, []).append(function)
            return function

        return add

    def on_enter(self, *states):
        """Decorator: a function that is told when one of the states is entered; any state where none is named."""

        def add(function):
            self._hooks.append((frozenset(states) or None, function))
            return function

        return add

    def target(self, name, state):
        """Where a move leads from a state; None where it cannot be made."""
        table = self._moves.get(name, {})
        return table.get(state, table.get("*"))

    def moves_from(self, state):
        return sorted(name for name in self._moves if self.target(name, state) is not None)

    def states(self):
        found = {self.initial}
        for table in self._moves.values():
            found.update(table.values())
            found.update(source for source in table if source != "*")
        return sorted(found)

    def check(self, subject, name, **details):
        """Why a move cannot be made now; None where it can."""
        if self.target(name, subject.state) is None:
            return "no such move"
        for guard in self._guards.get(name, ()):
            why = guard(subject, **details)
            if why:
                return why
        return None

    def fire(self, subject, name, **details):
        """Make a move: the new state. Hooks are told after the state has changed; when one fails, the old state is put back."""
        why = self.check(subject, name, **details)
        if why is not None:
            raise NotAllowed(name, subject.state, "" if why == "no such move" else why)
        before = subject.state
        subject.state = self.target(name, before)
        try:
            for states, hook in list(self._hooks):
                if states is None or subject.state in states:
                    hook(subject, name, before)
        except Exception:
            subject.state = before
            raise
        return subject.state

    def way(self, start, end):
        """The fewest moves from a state to another, as names; None where there is no way."""
        before = {start: None}
        waiting = deque([start])
        while waiting:
            state = waiting.popleft()
            if state == end:
                break
            for name in self.moves_from(state):
                other = self.target(name, state)
                if other not in before:
                    before[other] = (state, name)
                    waiting.append(other)
        if end not in before:
            return None
        names, state = [], end
        while before[state] is not None:
            state, name = before[state]
            names.append(name)
        return names[::-1]

    def dead_ends(self):
        """States that cannot be left but for themselves."""
        return [s for s in self.states() if all(self.target(name, s) in (None, s) for name in self._moves)]
