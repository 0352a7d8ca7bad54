"""The command line as values: what is typed after ``:`` is read, completed or refused without a screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from jobboy_console.commands.command import Command


class LineError(ValueError):
    """A line that cannot be carried out; its text is for the operator."""


@dataclass(frozen=True)
class Offer:
    """A command as it stands in the present place."""

    command: Command
    keys: str = ""
    """The keys in force, as people write them."""
    why_not: str | None = None
    """Why it cannot be used here and now; None when it can."""


@dataclass(frozen=True)
class Typed:
    """A line that was understood."""

    command: Command
    argument: str | None = None


@dataclass(frozen=True)
class Suggestion:
    """One way to complete a line."""

    line: str
    """The whole line then."""
    label: str
    help: str = ""
    keys: str = ""
    usable: bool = True


def read_line(text: str, offers: Sequence[Offer]) -> Typed:
    """Return the command a line names, with what follows its name.

    A name is the last part of an id, the whole id, another name the command has, or the beginning of exactly one
    name that can be used here. Where two commands share a name, the one that takes what was typed is meant.

    Raises:
        LineError: there is no such command, it cannot be used here, or what follows its name is missing or too much.
    """
    name, _, rest = text.strip().partition(" ")
    offer = _find(name, offers, takes=bool(rest))
    if offer.why_not is not None:
        raise LineError(f"{name}: {offer.why_not}")
    wanted, argument = offer.command.argument, rest.strip()
    if argument and not wanted:
        raise LineError(f"{name} takes nothing after it, and there is {argument!r}")
    if not argument and wanted and not wanted.startswith("["):
        raise LineError(f"{name} needs {wanted} after it")
    return Typed(offer.command, argument or None)


def suggest(
    text: str, offers: Sequence[Offer], words: Callable[[Command], Sequence[str]] = lambda command: ()
) -> list[Suggestion]:
    """Return how a line can go on, what can be used here first.

    Args:
        text: what stands in the line.
        offers: every command, in the order of the help.
        words: what may follow the name of a command.
    """
    name, blank, begun = text.lstrip().partition(" ")
    if not blank:
        return _names(name, offers)
    try:
        offer = _find(name, offers, takes=True)
    except LineError:
        return []
    begun = begun.lstrip()
    fitting = [word for word in words(offer.command) if word.casefold().startswith(begun.casefold())]
    return [Suggestion(f"{name} {word}", word) for word in fitting]


def _names(begun: str, offers: Sequence[Offer]) -> list[Suggestion]:
    shared = [_kind(offer) for offer in offers if offer.why_not is None]
    found = [(rank, offer) for offer in offers if (rank := _rank(begun, offer)) is not None]
    found.sort(key=lambda entry: (entry[1].why_not is not None, entry[0]))
    suggestions = []
    for _, offer in found:
        command = offer.command
        alone = offer.why_not is None and shared.count(_kind(offer)) == 1
        name = command.name if alone and begun.casefold() in command.name else command.id
        label = f"{name} {command.argument}".rstrip()
        help = command.help if offer.why_not is None else offer.why_not
        suggestions.append(Suggestion(name, label, help, offer.keys, offer.why_not is None))
    return suggestions


def _kind(offer: Offer) -> tuple[str, bool]:
    return offer.command.name, bool(offer.command.argument)


def _rank(begun: str, offer: Offer) -> int | None:
    """Return how well a command fits what was typed, the best is 0: its name, another name, the middle of one."""
    wanted = begun.casefold()
    if offer.command.name.startswith(wanted):
        return 0
    if any(name.startswith(wanted) for name in offer.command.names):
        return 1
    return 2 if any(wanted in name for name in offer.command.names) else None


def _find(name: str, offers: Sequence[Offer], *, takes: bool) -> Offer:
    wanted = name.casefold()
    exact = [offer for offer in offers if wanted in map(str.casefold, offer.command.names)]
    if exact:
        return min(exact, key=lambda offer: (offer.why_not is not None, takes != bool(offer.command.argument)))
    usable = [offer for offer in offers if offer.why_not is None and wanted]
    ranked = [(_rank(name, offer), offer) for offer in usable]
    begun = [offer for rank, offer in ranked if rank == 0] or [offer for rank, offer in ranked if rank == 1]
    if len({offer.command.name for offer in begun}) == 1:
        return min(begun, key=lambda offer: takes != bool(offer.command.argument))
    if begun:
        raise LineError(f"{name} can be {_listed([offer.command.name for offer in begun])}")
    every = [known for offer in offers for known in offer.command.names]
    near = get_close_matches(wanted, every, n=1)
    raise LineError(f"there is no command {name!r}" + (f"; did you mean {near[0]}?" if near else ""))


def _listed(names: list[str]) -> str:
    several = list(dict.fromkeys(names))
    return ", ".join(several[:5]) + (", …" if len(several) > 5 else "")
