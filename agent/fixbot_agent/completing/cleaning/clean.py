"""The steps of cleaning in their order, and one pass through them."""

from collections.abc import Collection
from dataclasses import replace

from fixbot_agent.completing.cleaning import (
    brackets,
    characters,
    indentation,
    leaks,
    naming,
    repetition,
    security,
    suffix,
    units,
)
from fixbot_agent.completing.cleaning.draft import Cleaned, Draft, Reason, Refused
from fixbot_agent.completing.cleaning.site import Site
from fixbot_agent.completing.cleaning.work import Step, Work
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import SyntaxTree

# Steps over text, each on what the one before left.
WRITING: dict[str, Step] = {
    "size": characters.of_a_size,
    "tokens": leaks.without_tokens,
    "chat": leaks.without_chat,
    "characters": characters.printable,
    "echo": leaks.without_echo,
    "indentation": indentation.indented,
    "suffix": suffix.before_suffix,
    "repetition": repetition.unrepeated,
    "unit": units.within_unit,
    "brackets": brackets.balanced,
    "blanks": characters.trimmed,
    "length": characters.short,
}

# Steps over the tree of the file with the text in it.
CHECKING = ("syntax", "names", "members", "security")

ENDING: dict[str, Step] = {"line ends": characters.ended}

STEPS = (*WRITING, *CHECKING, *ENDING)


def clean(draft: Draft, without: Collection[str] = ()) -> Cleaned:
    """What may be shown of `draft`, after every step of :data:`STEPS` but those named in `without` (for measuring what a step does)."""
    work = Work(draft, Site(draft), draft.text)
    changed: list[str] = []
    for name, step in WRITING.items():
        if name in without:
            continue
        after = step(work)
        if isinstance(after, Refused):
            return _refused(work, after, name, changed)
        if (after.text, after.taken) != (work.text, work.taken):
            changed.append(name)
        work = after
    checked = _checked(work, without)
    if isinstance(checked, Cleaned):
        return replace(checked, changed=tuple(changed))
    changed += [name for name in CHECKING if name in checked.changed]
    work = checked.work
    for name, step in ENDING.items():
        after = work if name in without else step(work)
        if isinstance(after, Work) and after.text != work.text:
            changed.append(name)
            work = after
    return Cleaned(work.text, work.replaced, changed=tuple(changed), notes=work.notes)


class _Checked:
    """What passed the checks, and which of them changed it."""

    def __init__(self, work: Work, changed: tuple[str, ...]) -> None:
        self.work, self.changed = work, changed


def _checked(work: Work, without: Collection[str]) -> "_Checked | Cleaned":
    draft, changed = work.draft, []
    if len(draft.data) > units.LARGEST:
        return _refused(work, Refused(Reason.TOO_LONG, "the file"), "syntax")
    old = draft.tree if draft.tree is not None else SyntaxTree.parse(draft.data, draft.language)
    if "syntax" not in without:
        found = units.parsed(work, old)
        if isinstance(found, Refused):
            return _refused(work, found, "syntax")
        after, tree, span = found
        changed += ["syntax"] if after.text != work.text else []
        work = after
    else:
        tree, span = work.tree(old)
    for name, check in (("names", naming.unknown_name), ("members", naming.unknown_member)):
        if name not in without and (refused := check(draft, tree, span)):
            return _refused(work, refused, name)
    if "security" in without:
        return _Checked(work, tuple(changed))
    return _secured(work, old, tree, span, changed)


def _secured(work: Work, old: SyntaxTree, tree: SyntaxTree, span: Span, changed: list[str]) -> "_Checked | Cleaned":
    """Insecure patterns repaired where the repair leaves none, else the refusal."""
    verdict = security.inspect(tree, span, work.draft.path)
    if not verdict.findings:
        return _Checked(work, tuple(changed))
    ids = ", ".join(f.rule.id for f in verdict.findings)
    if verdict.repaired is None:
        return _refused(work, Refused(Reason.INSECURE, ids), "security")
    mended = replace(work, text=verdict.repaired, notes=(*work.notes, *verdict.notes))
    tree, span = mended.tree(old)
    if len(tree.errors()) > len(old.errors()) or security.inspect(tree, span, work.draft.path).findings:
        return _refused(work, Refused(Reason.INSECURE, ids), "security")
    return _Checked(mended, (*changed, "security"))


def _refused(work: Work, refused: Refused, step: str, changed: Collection[str] = ()) -> Cleaned:
    return Cleaned(None, work.replaced, refused.reason, step, refused.detail, tuple(changed), work.notes)
