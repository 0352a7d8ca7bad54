"""What the documents print for people to copy: their blocks, the programs these make, and the calls in them."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HEADS_ALONE = {"docs/reference/python.md"}
"""Its blocks are heads of functions, made from the source; nobody copies them."""
PAGES = [
    page
    for page in ("README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")))
    if page not in _HEADS_ALONE
]

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IN_SENTENCE = re.compile(r"`(jobboy(?:-console)? [^`]+)`")
_OF_SYNTAX = re.compile(r"\[[\w<-]|\.\.\.|\w\|\w")
_FILE = re.compile(r"# (\S+\.py)\n")


def blocks(page: str, language: str) -> Sequence[str]:
    """Return the fenced blocks of a page that are marked as of a language, in their order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [block for marked, block in _FENCED.findall(text) if marked == language]


def python_files(page: str) -> dict[str, str]:
    """Return the files that the Python blocks of a page make, by their names.

    A block that begins with the name of a file in a comment begins that file; any other goes on with the file before.
    """
    files: dict[str, str] = {}
    name = "page.py"
    for block in blocks(page, "python"):
        begun = _FILE.match(block)
        name = begun[1] if begun else name
        files[name] = files.get(name, "") + block + "\n\n"
    return files


def shell_calls(page: str) -> Sequence[Sequence[str]]:
    """Return the calls that a page lets people type, in ``sh`` blocks or after a prompt, and those of units."""
    typed = [line for block in blocks(page, "sh") for line in block.replace("\\\n", " ").splitlines()]
    shown = [line[2:] for block in blocks(page, "") for line in block.splitlines() if line.startswith("$ ")]
    begun = [call for block in blocks(page, "ini") for call in re.findall(r"^ExecStart=(.+)$", block, re.MULTILINE)]
    return [words for line in (*typed, *shown, *begun) for words in _in_line(line)]


def named_calls(page: str) -> Sequence[Sequence[str]]:
    """Return the calls of our programs that the sentences of a page name, but for those with signs of syntax."""
    text = _FENCED.sub("", (ROOT / page).read_text(encoding="utf-8"))
    return [words for call in _IN_SENTENCE.findall(text) if not _OF_SYNTAX.search(call) for words in _in_line(call)]


def _in_line(line: str) -> Iterator[Sequence[str]]:
    """Yield the calls in a line for the shell, each without the variables before it and the file it writes to."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="&|>;")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in (*lexer, ";"):
        if word[0] in "&|>;":
            called = [one for place, one in enumerate(words) if not _sets_variable(words[: place + 1])]
            if called:
                yield called
            words = []
        else:
            words.append(word)


def _sets_variable(words: Sequence[str]) -> bool:
    return all(re.match(r"[A-Z_]+=", word) for word in words)
