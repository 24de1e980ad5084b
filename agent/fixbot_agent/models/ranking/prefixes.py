"""What families of embedding models were taught to read before a question and before a text: data, each row with its source."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What stands before a question, and before a text that is to be found."""

    query: str = ""
    text: str = ""


_TASK = "Given a bug report or a question about a program, retrieve the code that it is about"
_FAMILIES = (
    # Model cards of nomic-ai/CodeRankEmbed, nomic-ai/nomic-embed-code and Salesforce/SweRankEmbed-Small.
    (r"coderank|nomic-embed-code|swerankembed-small", Prefixes("Represent this query for searching relevant code: ")),
    # Model card of Salesforce/SweRankEmbed-Large.
    (r"swerankembed-large", Prefixes("Instruct: Given a github issue, identify the code that needs to be changed to fix the issue.\nQuery: ")),
    # Model card of nomic-ai/nomic-embed-text-v1.5, "Task instruction prefixes".
    (r"nomic-embed", Prefixes("search_query: ", "search_document: ")),
    # Model cards of intfloat/multilingual-e5-large-instruct, intfloat/e5-mistral-7b-instruct and Qwen/Qwen3-Embedding-0.6B.
    (r"e5.*instruct|qwen3-embedding", Prefixes(f"Instruct: {_TASK}\nQuery: ")),
    # Model card of intfloat/e5-base-v2.
    (r"(?:^|[/_-])e5-", Prefixes("query: ", "passage: ")),
    # Model cards of BAAI/bge-base-en-v1.5 and mixedbread-ai/mxbai-embed-large-v1.
    (r"bge-(?:small|base|large)-en|mxbai-embed", Prefixes("Represent this sentence for searching relevant passages: ")),
    # jina-code-embeddings, arXiv 2508.21290, table of instructions (NL2Code).
    (
        r"jina-code-embeddings",
        Prefixes("Find the most relevant code snippet given the following query:\n", "Candidate code snippet:\n"),
    ),
)  # fmt: skip


def prefixes_of(model: str) -> Prefixes:
    """What belongs to the family that a model's name speaks of; nothing where it speaks of none."""
    return next((found for names, found in _FAMILIES if re.search(names, model, re.IGNORECASE)), Prefixes())
