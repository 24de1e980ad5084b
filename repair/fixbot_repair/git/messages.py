"""What commits say of themselves between two of them."""

from pathlib import Path

from fixbot_repair.git.command import Runner, check_ref
from fixbot_repair.git.discovery import find


def messages(root: Path, base: str, head: str, most: int = 20) -> tuple[str, ...]:
    """Effect: ask git. The messages of the commits that `head` has and `base` has not (ids), merges left out, oldest first, at most `most`.

    Raises GitError where `root` lies in no repository, or there is no such commit.
    """
    found = find(root)
    git = Runner(found.git_dir, found.top)
    span = f"{check_ref(base)}..{check_ref(head)}"
    out = git.run(
        "log", f"--max-count={int(most)}", "--no-merges", "-z", "--no-show-signature", "--format=%B", span, "--"
    )
    said = [part.strip() for part in out.decode("utf-8", "replace").split("\0")]
    return tuple(reversed([text for text in said if text]))
