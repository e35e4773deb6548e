"""Whether a setting that lists the steps of something, in order, has ours once each and in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from django.core.checks import CheckMessage, Error

__all__ = ["check_order"]


def check_order(
    where: str, paths: Sequence[str], ours: Sequence[str], code: str, *, needed: Sequence[str] = (), last: str = ""
) -> list[CheckMessage]:
    """Errors for steps that are missing, there twice, or misplaced; each with the list to paste.

    A step of the project's own that stands where one of ours would, between the same neighbours, takes its place.

    Args:
        where: The setting with its key, for the message.
        ours: All of our steps, in their order.
        code: Id of the messages.
        needed: Those of ours that none of the project's can stand for.
        last: One of ours that nothing may follow.
    """
    kept = [path for path in dict.fromkeys(paths) if path in ours]
    problems = [f"{path} is in it {number} times" for path, number in Counter(paths).items() if number > 1]
    problems += [f"{path} is missing" for path in _missing(paths, kept, ours, needed)]
    problems += [f"{path} is misplaced" for path in _misplaced(kept, ours)]
    if not problems and last in paths and paths[-1] != last:
        problems.append(f"{paths[-1]} comes after {last}")
    hint = f"Write {_mended(paths, ours, last)!r}."
    return [Error(f"{where}: {problem}.", hint=hint, id=code) for problem in problems]


def _missing(paths: Sequence[str], kept: Sequence[str], ours: Sequence[str], needed: Sequence[str]) -> Iterator[str]:
    own = [path for path in paths if path not in ours]
    for place, path in enumerate(ours):
        if path in kept:
            continue
        before = next((other for other in reversed(ours[:place]) if other in kept), None)
        after = next((other for other in ours[place + 1 :] if other in kept), None)
        begin = paths.index(before) + 1 if before else 0
        end = paths.index(after) if after else len(paths)
        stand_in = next((other for other in paths[begin:end] if other in own), None)
        if path in needed or stand_in is None:
            yield path
        else:
            own.remove(stand_in)  # it stands for one of ours only


def _misplaced(kept: Sequence[str], ours: Sequence[str]) -> list[str]:
    """List those that come before one that they should follow."""
    places = [ours.index(path) for path in kept]
    return [path for number, path in enumerate(kept) if any(later < places[number] for later in places[number + 1 :])]


def _mended(paths: Sequence[str], ours: Sequence[str], last: str) -> tuple[str, ...]:
    """All of ours in their order, with the project's own where they were, as far as can be told."""
    mended = list(ours)
    for path in dict.fromkeys(paths):
        if path in ours:
            continue
        place = paths.index(path)
        follower = next((other for other in paths[place + 1 :] if other in ours), last)
        mended.insert(mended.index(follower) if follower in mended else len(mended), path)
    return tuple(mended)
