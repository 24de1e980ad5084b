"""The model of a whole project: what was learnt before is read back, only contents that are new are learnt."""

from pathlib import Path

from fixbot_analysis.codemodel.model import CodeModel
from fixbot_analysis.codemodel.snapshot import load, save, snapshot_path
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress, Silent

_LARGEST = 1 << 20  # bytes of one file; what is larger was hardly written by hand
_WORTH_SAVING = 16  # changed files from which a new snapshot is written


def learn_project(index: Index, folder: Path | None, progress: Progress | None = None) -> CodeModel:
    """Effect: learns all files of `index`, of which it reads only those that the snapshot in the cache `folder` does not have.

    Open buffers of the index are learnt as they are. Contents on disk are stored in `folder`; None stores nothing.
    """
    progress = progress or Silent()
    counting = load(snapshot_path(folder, index.tree.root)) if folder else None
    model = CodeModel(counting)
    wanted = {path: index.digest(path) for path in index.paths}
    for path in set(model.paths) - wanted.keys():
        model.forget(path)
    new = [path for path, content in wanted.items() if model.counting.digest(path) != content]
    buffers = [path for path in new if path in index.tree.overlay]
    on_disk = [path for path in new if path not in index.tree.overlay]
    for done, path in enumerate(on_disk):
        progress.step("learning", done, len(on_disk))
        _learn(model, index, path)
    if model.counting.changed >= (1 if counting is None else _WORTH_SAVING):
        model.settle()
        if folder:
            save(model.counting, snapshot_path(folder, index.tree.root))
    for path in buffers:
        _learn(model, index, path)
    return model


def _learn(model: CodeModel, index: Index, path: str) -> None:
    try:
        data = index.tree.read(path).data
    except SourceError:  # it went away since it was indexed
        model.forget(path)
        return
    if len(data) <= _LARGEST:
        model.learn(path, data)
    else:
        model.forget(path)
