"""Works on the network: tasks that wait for each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, Tuple


class Circle(ValueError):
    def __init__(self, names: List[str]) -> None:
        super().__init__("waits for itself: " + " -> ".join(names))
        self.names = names


@dataclass(frozen=True)
class Task:
    name: str
    days: int
    after: Tuple[str, ...] = ()


class Works:
    def __init__(self, tasks: Iterable[Task] = ()) -> None:
        self.tasks: Dict[str, Task] = {}
        for task in tasks:
            if task.name in self.tasks:
                raise ValueError(f"two tasks are called {task.name}")
            self.tasks[task.name] = task
        for task in self.tasks.values():
            for name in task.after:
                if name not in self.tasks:
                    raise ValueError(f"{task.name} waits for {name}, which is no task")

    def order(self) -> List[str]:
        """All tasks, each after those it waits for; where there is a choice, by name."""
        state: Dict[str, int] = {}
        found: List[str] = []
        path: List[str] = []

        def visit(name: str) -> None:
            if state.get(name) == 2:
                return
            if state.get(name) == 1:
                raise Circle(path[path.index(name) :] + [name])
            state[name] = 1
            path.append(name)
            for other in sorted(self.tasks[name].after):
                visit(other)
            path.pop()
            state[name] = 2
            found.append(name)

        for name in sorted(self.tasks):
            visit(name)
        return found

    def plan(self) -> Dict[str, Tuple[int, int]]:
        """First day and the day after the last of each task, when each begins as early as it can; day 0 is the first."""
        days: Dict[str, Tuple[int, int]] = {}
        for name in self.order():
            task = self.tasks[name]
            first = max((days[other][1] for other in task.after), default=0)
            days[name] = (first, first + task.days)
        return days

    def length(self) -> int:
        return max((end for _, end in self.plan().values()), default=0)

    def slack(self) -> Dict[str, int]:
        """Days by which each task may be late without making the whole take longer."""
        plan, whole = self.plan(), self.length()
        latest = {name: whole for name in plan}
        for name in reversed(self.order()):
            task = self.tasks[name]
            for other in task.after:
                latest[other] = min(latest[other], latest[name] - task.days)
        return {name: latest[name] - plan[name][1] for name in plan}

    def critical(self) -> List[str]:
        """Tasks that may not be late at all, in the order of their days."""
        plan = self.plan()
        return sorted((name for name, days in self.slack().items() if not days), key=lambda name: (plan[name], name))

    def waves(self) -> List[List[str]]:
        """Tasks that may be done side by side, wave after wave."""
        level: Dict[str, int] = {}
        for name in self.order():
            level[name] = 1 + max((level[other] for other in self.tasks[name].after), default=-1)
        found: List[List[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
        for name in sorted(level):
            found[level[name]].append(name)
        return found
