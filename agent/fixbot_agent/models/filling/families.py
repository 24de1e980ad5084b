"""The tokens that families of open models were taught to fill a hole with: data, each row with its source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fixbot_agent.models.filling.hole import Extra, Hole


@dataclass(frozen=True, slots=True)
class Family:
    """How one family writes a hole. `order` is a format of `prefix` and `suffix`.

    `repository` begins a prompt of several files and `file` each of them (formats of `path`, `text`); where the family
    knows none, other files stand as comments. In `current` the file with the hole is named, of several files only.
    """

    order: str
    marks: tuple[str, ...]  # every token of it: text that holds one is changed before it is sent
    stops: tuple[str, ...]
    names: str  # a pattern of models' names
    repository: str = ""
    file: str = ""
    current: str = ""


# Codestral writes the suffix first; CodeLlama wants its spaces as they stand here.
FAMILIES: Mapping[str, Family] = {
    # Qwen2.5-Coder Technical Report, arXiv 2409.12186, section 3.1 and figure 3; README of QwenLM/Qwen2.5-Coder (Qwen3-Coder: the same).
    "qwen": Family(
        order="<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
        marks=("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<|endoftext|>"),
        stops=("<|endoftext|>", "<|file_sep|>", "<|repo_name|>", "<|fim_prefix|>"),
        names=r"qwen.*coder|codeqwen",
        repository="<|repo_name|>{name}\n",
        file="<|file_sep|>{path}\n{text}\n",
        current="<|file_sep|>{path}\n",
    ),
    # StarCoder 2 and The Stack v2, arXiv 2402.19173, sections 5.2 and 5.3.
    "starcoder2": Family(
        order="<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
        marks=("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>", "<repo_name>", "<file_sep>", "<|endoftext|>"),
        stops=("<|endoftext|>", "<file_sep>", "<repo_name>", "<fim_prefix>"),
        names=r"starcoder",
        repository="<repo_name>{name}",
        file="<file_sep>{path}\n{text}\n",
        current="<file_sep>",
    ),
    # DeepSeek-Coder, arXiv 2401.14196, section 3.1.2; README of deepseek-ai/DeepSeek-Coder, "Code Insertion".
    "deepseek": Family(
        order="<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",
        marks=("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜end▁of▁sentence｜>"),
        stops=("<｜end▁of▁sentence｜>", "<|EOT|>", "<｜fim▁begin｜>"),
        names=r"deepseek.*coder",
    ),
    # Code Llama, arXiv 2308.12950, section 2.3; README of meta-llama/codellama, "Code Infilling".
    "codellama": Family(
        order="<PRE> {prefix} <SUF>{suffix} <MID>",
        marks=("<PRE>", "<SUF>", "<MID>", "<EOT>"),
        stops=("<EOT>", "<PRE>"),
        names=r"code-?llama",
    ),
    # CodeGemma model card and report, arXiv 2406.11409, section "Pretraining Data".
    "codegemma": Family(
        order="<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
        marks=("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_separator|>"),
        stops=("<|file_separator|>", "<eos>", "<|fim_prefix|>"),
        names=r"codegemma",
        file="{path}\n{text}\n<|file_separator|>",
        current="{path}\n",
    ),
    # Granite Code Models, arXiv 2405.04324, section 3: StarCoder's tokens.
    "granite-code": Family(
        order="<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
        marks=("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>", "<|endoftext|>"),
        stops=("<|endoftext|>", "<fim_prefix>"),
        names=r"granite.*code",
    ),
    # Granite 3.3 and 4.0 model cards (ibm-granite), "Fill-in-the-Middle".
    "granite": Family(
        order="<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
        marks=("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|end_of_text|>"),
        stops=("<|end_of_text|>", "<|fim_prefix|>"),
        names=r"granite",
    ),
    # mistral-common, InstructTokenizer.encode_fim: the suffix goes first.
    "codestral": Family(
        order="[SUFFIX]{suffix}[PREFIX]{prefix}",
        marks=("[SUFFIX]", "[PREFIX]", "[MIDDLE]"),
        stops=("[PREFIX]", "[SUFFIX]", "</s>"),
        names=r"codestral|devstral|mamba-codestral",
    ),
}  # fmt: skip


def family_of(model: str) -> str:
    """The family that a model's name speaks of, "" where it speaks of none: tokens are never tried on a chance."""
    return next((name for name, family in FAMILIES.items() if re.search(family.names, model, re.IGNORECASE)), "")


def written(family: Family, hole: Hole, repository: str = "project") -> str:
    """The prompt of `hole` in the tokens of `family`."""
    safe = _Safe(family)
    if not family.file:
        prefix = commented(hole) + hole.prefix
        return family.order.format(prefix=safe(prefix), suffix=safe(hole.suffix))
    body = family.order.format(prefix=safe(hole.prefix), suffix=safe(hole.suffix))
    if not hole.extras:
        return body
    others = "".join(family.file.format(path=e.path, text=safe(e.text.rstrip("\n"))) for e in hole.extras)
    # StarCoder2 names the file with the hole inside of it: <file_sep><fim_prefix>path, then its text.
    if family.current == "<file_sep>":
        body = family.order.format(prefix=f"{hole.path}\n{safe(hole.prefix)}", suffix=safe(hole.suffix))
    return family.repository.format(name=repository) + others + family.current.format(path=hole.path) + body


def commented(hole: Hole) -> str:
    """Pieces of other files as comments above the file's own text."""
    return "".join(_comment(extra, hole.comment) for extra in hole.extras)


def _comment(extra: Extra, mark: str) -> str:
    lines = (f"{mark} {line}".rstrip() for line in (f"{extra.path}:", *extra.text.rstrip("\n").splitlines()))
    return "\n".join(lines) + "\n\n"


class _Safe:
    """Takes a family's own tokens out of text: code that speaks of them must not end the hole."""

    def __init__(self, family: Family) -> None:
        self._marks = re.compile("|".join(re.escape(mark) for mark in family.marks))

    def __call__(self, text: str) -> str:
        return self._marks.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)
