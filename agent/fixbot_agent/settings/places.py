"""Where fixbot keeps its own files: never in the user's repository."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of this user; none of them is created by asking for it.

    `cache` may be deleted at any time (the index); `state` is kept (runs, memory, trust, statistics);
    `config` holds the user's own settings. FIXBOT_HOME moves all three below one folder.
    """

    cache: Path
    state: Path
    config: Path

    @classmethod
    def current(cls) -> "Places":
        """Effect: reads the environment. The platform's usual folders, or those below FIXBOT_HOME."""
        if home := os.environ.get("FIXBOT_HOME"):
            root = Path(home).expanduser().absolute()
            return cls(root / "cache", root / "state", root / "config")
        import platformdirs

        dirs = platformdirs.PlatformDirs("fixbot", appauthor=False)
        return cls(dirs.user_cache_path, dirs.user_state_path, dirs.user_config_path)

    @property
    def index(self) -> Path:
        """Folder of the stored indexes."""
        return self.cache / "index"

    @property
    def runs(self) -> Path:
        """Folder of the audit trail: one folder a run."""
        return self.state / "runs"

    @property
    def memory(self) -> Path:
        """Folder of what is remembered, a folder for each repository in it."""
        return self.state / "memory"

    @property
    def ways(self) -> Path:
        """Where it is remembered by which way each model fills the middle of code."""
        return self.state / "filling.json"

    @property
    def shared(self) -> Path:
        """Folder of what processes know together of models: which rest, what may be asked, what was spent."""
        return self.state / "models"

    @property
    def sent(self) -> Path:
        """Where every completion's request to a model is written down."""
        return self.state / "sent" / "completions.jsonl"
