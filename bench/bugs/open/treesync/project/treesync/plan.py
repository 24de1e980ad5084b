"""Plans: changes as steps that are applied one by one."""

from collections import namedtuple

from .diff import ADDED, MODE, MODIFIED, REMOVED, RENAMED, compare
from .snapshot import DIR, FILE, Entry, SnapshotError, sort_key

# `value` is the entry to write, the mode to set, or the path to move from
Step = namedtuple("Step", "action path value")

# a step finds what it needs: room is made before it is filled, and a folder is emptied before it goes
PHASES = ("delete", "mkdir", "move", "rmdir", "write", "chmod")


def plan_changes(changes):
    """The steps for changes, in an order in which each of them can be done."""
    steps = []
    for change in changes:
        if change.kind == ADDED:
            action = "mkdir" if change.new.kind == DIR else "write"
            steps.append(Step(action, change.path, change.new))
        elif change.kind == REMOVED:
            action = "rmdir" if change.old.kind == DIR else "delete"
            steps.append(Step(action, change.path, None))
        elif change.kind == MODIFIED:
            steps.append(Step("write", change.path, change.new))
        elif change.kind == MODE:
            steps.append(Step("chmod", change.path, change.new.mode))
        elif change.kind == RENAMED:
            steps.append(Step("move", change.path, change.source))
            if change.old.mode != change.new.mode:
                steps.append(Step("chmod", change.path, change.new.mode))
    ordered = []
    for phase in PHASES:
        chosen = [step for step in steps if step.action == phase]
        ordered.extend(sorted(chosen, key=lambda step: sort_key(step.path), reverse=phase == "rmdir"))
    return ordered


def apply_step(tree, step):
    """Do one step and give the steps that take it back."""
    old = tree.get(step.path)
    if step.action == "mkdir":
        if old is not None:
            raise SnapshotError("{!r} exists already".format(step.path))
        tree.put(step.path, step.value)
        return Step("rmdir", step.path, None)
    if step.action == "write":
        tree.put(step.path, step.value)
        return Step("delete", step.path, None) if old is None else Step("write", step.path, old)
    if step.action == "move":
        tree.move(step.value, step.path)
        return Step("move", step.value, step.path)
    if old is None:
        raise SnapshotError("no such path: {!r}".format(step.path))
    if step.action == "chmod":
        tree.put(step.path, Entry(old.kind, old.content, step.value, old.mtime))
        return Step("chmod", step.path, old.mode)
    if old.kind != (FILE if step.action == "delete" else DIR):
        raise SnapshotError("{!r} is a {}".format(step.path, old.kind))
    tree.remove(step.path)
    return Step("write" if old.kind == FILE else "mkdir", step.path, old)


class Run:
    """A plan that is being applied to a copy of a tree."""

    def __init__(self, tree, steps):
        self.tree = tree.copy()
        self.steps = list(steps)
        self.position = 0
        self._undo = []

    @property
    def done(self):
        return self.position == len(self.steps)

    def step(self):
        """Do the next step. One that fails is still the next one afterwards."""
        if self.done:
            raise IndexError("the plan is done")
        step = self.steps[self.position]
        self._undo.append(apply_step(self.tree, step))
        self.position += 1
        return step

    def finish(self):
        while not self.done:
            self.step()
        return self.tree

    def rollback(self):
        """Take back what was done, the last step first."""
        while self._undo:
            apply_step(self.tree, self._undo.pop())
            self.position -= 1
        return self.tree


def apply_plan(tree, steps):
    """The tree after all steps; the given one is not changed."""
    return Run(tree, steps).finish()


def sync(source, target, ignore=(), renames=True):
    """Make `target` like `source`; what is ignored stays as it is."""
    return apply_plan(target, plan_changes(compare(target, source, ignore, renames)))
