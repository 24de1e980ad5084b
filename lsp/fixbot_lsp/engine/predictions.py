"""Predictions by models on the engine's side: prepared and finished in its one thread, asked for in threads of their own."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fixbot_agent.completing import Inline
from fixbot_analysis.errors import FixbotError
from fixbot_lsp.engine.wire import Decided, Failed, Message, Models, Predict, Predicted, Sent

if TYPE_CHECKING:
    from fixbot_agent.completing.predicting import Cancel, Heard, Prepared, Service
    from fixbot_lsp.engine.project import Project

_THREADS = (
    4  # questions that wait for models at once: one a document that is being typed in, and those that were just left
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that a model was asked."""

    question: Predict
    service: "Service"
    prepared: "Prepared"


@dataclass(frozen=True, slots=True)
class _Folder:
    """What completes in one folder; `trusted` is what the user said of it in the terminal."""

    service: "Service"
    trusted: bool


class Predictions:
    """One predictor a folder, made of what is set there. `wake` is called, from any thread, when :meth:`finish` has something to do."""

    def __init__(self, say: Callable[[Message], None], wake: Callable[[], None]) -> None:
        self._say, self._wake = say, wake
        self._folders: dict[str, _Folder | None] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._cancels: dict[int, Cancel] = {}
        self._heard: deque[tuple[_Asked, Heard]] = deque()
        self._lock = threading.Lock()

    @property
    def has_heard(self) -> bool:
        """Whether :meth:`finish` has something to do."""
        return bool(self._heard)

    def open(self, root: str) -> None:
        """Effect: read what is set for the folder `root`, and say which models complete there; nothing where none does."""
        if not root or root in self._folders:
            return
        try:
            self._folders[root] = _opened(Path(root))
        except (FixbotError, OSError) as error:
            self._folders[root] = None
            self._say(Failed(0, f"no completions by a model in {root}: {error}"))
        if (folder := self._folders[root]) is not None:
            folder.service.journal.listen(partial(self._tell, folder.service))
            self._say(Models(root, folder.service.names, folder.trusted))

    def leave(self, root: str) -> None:
        """Effect: let go of a folder that was closed."""
        if (folder := self._folders.pop(root, None)) is not None:
            folder.service.predictor.close()

    def link(self, project: "Project") -> None:
        """Effect: let requests of a folder tell of its other files; for when nobody waits."""
        folder = self._folders.get(project.root)
        if folder is not None and project.index is not None:
            folder.service.predictor.link(project.index)

    def ask(self, question: Predict, project: "Project", path: str) -> None:
        """Effect: prepare a question in this thread, and ask in another; :meth:`finish` answers it."""
        from fixbot_agent.completing.predicting import Cancel

        folder = self._folders.get(project.root)
        if folder is None or project.index is None:
            self._say(Predicted(question.id, None, "no model completes here"))
            return
        trusted = folder.trusted if question.trusted is None else question.trusted
        place = project.place(path, question.offset)
        prepared = folder.service.predictor.prepare(project.index, path, place, trusted=trusted)
        if prepared.why_not:
            self._say(Predicted(question.id, None, prepared.why_not))
            return
        cancel, asked = Cancel(), _Asked(question, folder.service, prepared)
        with self._lock:
            self._cancels[question.id] = cancel
        self._pool = self._pool or ThreadPoolExecutor(_THREADS, "prediction")
        self._pool.submit(self._predict, asked, cancel)

    def cancel(self, number: int) -> None:
        """Effect: end the waiting for an answer; from any thread."""
        with self._lock:
            cancel = self._cancels.pop(number, None)
        if cancel is not None:
            cancel.set()

    def decided(self, message: Decided) -> None:
        """Effect: what was shown or taken lets the next be worked out ahead; from any thread."""
        for folder in filter(None, tuple(self._folders.values())):
            predictor = folder.service.predictor
            (predictor.accepted if message.is_accepted else predictor.shown)(message.name)

    def closed(self, root: str, path: str) -> None:
        """Effect: forget a document that was closed."""
        if (folder := self._folders.get(root)) is not None:
            folder.service.predictor.forget(path)

    def finish(self) -> None:
        """Effect: clean what was heard, and answer with it; in the engine's thread."""
        while self._heard:
            asked, heard = self._heard.popleft()
            with self._lock:
                is_waited_for = self._cancels.pop(asked.question.id, None) is not None
            if is_waited_for:
                self._answer(asked, heard)
            self._tell(asked.service)

    def _tell(self, service: "Service") -> None:
        """Effect: say what left so far, and who would be asked now; from any thread."""
        from fixbot_agent.models import built_in

        sent, model = service.journal.sent, service.predictor.model or ""
        why = "" if model else built_in(service.predictor.trouble)
        self._say(Sent(model, sent.requests, sent.tokens, sent.last or "", why))

    def _predict(self, asked: _Asked, cancel: "Cancel") -> None:
        """Effect: wait for a model, in a thread of its own."""
        heard = asked.service.predictor.predict(asked.prepared, cancel, invoked=asked.question.is_invoked)
        self._heard.append((asked, heard))
        self._wake()

    def _answer(self, asked: _Asked, heard: "Heard") -> None:
        answer, number = asked.service.predictor.finish(asked.prepared, heard), asked.question.id
        made = answer.prediction
        if made is None:
            self._say(Predicted(number, None, answer.why))
            return
        inline = Inline(made.text, made.replace, 1.0, f"model:{made.model}")
        self._say(Predicted(number, inline, "; ".join(made.notes), made.id, made.model, made.prompt))


def _opened(root: Path) -> _Folder | None:
    """Effect: read settings; None where no model is configured for completions, without loading what asks them."""
    from fixbot_agent.settings import Places, load

    loaded = load(root)
    if loaded.settings.no_model or not loaded.settings.roles.complete:
        return None
    from fixbot_agent.completing.predicting import predictor_of

    service = predictor_of(loaded.settings, Places.current())
    return _Folder(service, loaded.trusted) if service else None
