"""The two versions of a prompt that are compared: read, held against what the prompt takes, and kept beside the results."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent import prompts
from fixbot_agent.solving.wording import QUESTIONS
from fixbot_bench.errors import DatasetError

_KEPT = re.compile(r"v\d+\Z")


@dataclass(frozen=True, slots=True)
class Version:
    """One text of the prompt `name`. `label` is how the user calls it; `prompt` is how runs call it: "solve_system.v5"."""

    name: str
    label: str
    prompt: str
    text: str

    @property
    def is_built_in(self) -> bool:
        """Whether fixbot says this anyway."""
        return self.text == prompts.built_in(self.name)

    def options(self, folder: Path) -> tuple[str, ...]:
        """Effect: keeps the text below `folder`, as what was compared. What ``fixbot solve`` is told to go by it."""
        stem = self.prompt.partition(".")[2]
        file = (folder / stem / f"{stem.rpartition('-')[0] or stem}.md").absolute()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.text, encoding="utf-8")
        return () if self.is_built_in else ("--prompt", f"{self.name}={file}")


def read_versions(name: str, given: str) -> tuple[Version, Version]:
    """Effect: read both of `given` ("v5,path/to/mine.md"). Raises DatasetError or UsageFailure that names what is wrong, before anything is asked."""
    served = [each for each in prompts.PROMPTS if not each.startswith(QUESTIONS)]
    if name not in prompts.PROMPTS:
        why = "prompts of completions are no files: they are as each model's family wants them"
        raise DatasetError(f"there is no prompt '{name}'", f"there are {', '.join(served)}; {why}")
    if name not in served:
        raise DatasetError(
            f"the prompt '{name}' is of 'fixbot ask', and no program judges its answers",
            f"compared are those of a solve: {', '.join(served)}",
        )
    said = [part.strip() for part in given.split(",") if part.strip()]
    if len(said) != 2:
        raise DatasetError(f"two versions are compared, not {len(said)}", "--versions v6,path/to/mine.md")
    one, other = (_version(name, each) for each in said)
    if one.label == other.label:
        one, other = (Version(v.name, f"{v.label}{n}", v.prompt, v.text) for n, v in ((" (1)", one), (" (2)", other)))
    return one, other


def _version(name: str, said: str) -> Version:
    if _KEPT.match(said):
        return _kept(name, said)
    own = prompts.own_of(name, Path(said).expanduser().absolute())
    return Version(name, Path(said).stem, own.version, own.text)


def _kept(name: str, said: str) -> Version:
    """One that fixbot itself holds. Raises DatasetError for an older one."""
    folder = Path(prompts.__file__).parent
    file = folder / f"{name}.{said}.md"
    if not file.is_file():
        there = ", ".join(sorted(p.name.split(".")[1] for p in folder.glob(f"{name}.v*.md")))
        hint = f"there is {there}; an older one lies in fixbot's own history: 'git show COMMIT:PATH > old.md', and name that file"
        raise DatasetError(f"this fixbot does not hold {name}.{said}", hint)
    text = file.read_text(encoding="utf-8")
    prompts.check(name, text, str(file))
    return Version(name, said, f"{name}.{said}", text)


def digest(version: Version) -> str:
    """A hash of the text."""
    return hashlib.sha256(version.text.encode()).hexdigest()
