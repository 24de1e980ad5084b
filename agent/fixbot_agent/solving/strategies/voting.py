"""Patches that come to the same counted as one: by the normal form of what they edit, layout and comments aside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fixbot_repair.candidates import Patch
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.normal import NormalForm

_PYTHON = (".py", ".pyi")
Form = dict[str, frozenset[object]]  # path -> keys that equal contents share at least one of


@dataclass(slots=True)
class Votes:
    """Patches, each once, with how often it came. `read` gives a file as it was, in UTF-8."""

    read: Callable[[str], bytes]
    _normal: dict[str, NormalForm] = field(default_factory=dict)

    def counted(self, patches: Sequence[Patch]) -> list[tuple[Patch, int]]:
        """The different ones, the most frequent first, then in their order; those that mean what was there are left out."""
        forms: list[tuple[Form, Patch, int]] = []
        for patch in patches:
            form = self._form(patch)
            if not form:
                continue
            same = next((n for n, (other, _, _) in enumerate(forms) if _is_same(form, other)), None)
            if same is None:
                forms.append((form, patch, 1))
            else:
                other, first, votes = forms[same]
                forms[same] = other, first, votes + 1
        return [(patch, votes) for _, patch, votes in sorted(forms, key=lambda f: -f[2])]

    def _form(self, patch: Patch) -> Form:
        """What each file comes to; a file that means what it did is none."""
        form: Form = {}
        for path in patch.paths:
            edits = tuple((e.span, e.text) for e in patch.edits if e.path == path)
            if path in patch.created or path in patch.deleted or not path.endswith(_PYTHON):
                form[path] = frozenset({(path in patch.deleted, tuple(sorted(edits)))})
            elif keys := self._of(path).of(edits):
                form[path] = frozenset(keys)
        return form

    def _of(self, path: str) -> NormalForm:
        if path not in self._normal:
            self._normal[path] = NormalForm(Code(path, self.read(path)))
        return self._normal[path]


def _is_same(one: Form, other: Form) -> bool:
    return one.keys() == other.keys() and all(one[path] & other[path] for path in one)
