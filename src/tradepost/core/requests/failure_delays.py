"""Growing delays after failures: who guesses waits longer each time, and nobody is locked out.

The delay is counted for one account *and* one network. So whoever guesses at somebody's password slows themselves down, and the
owner signs in from elsewhere as if nothing had happened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..dates import clock
from ..errors import TooManyRequests
from ..soft_cache import soft_cache
from .rate_limits import sentence_to_wait

__all__ = ["FREE", "LONGEST", "FailureDelay", "closed_for", "delay_failure"]

FREE = 4  # mistakes that cost no time
LONGEST = 900  # seconds
_DAY = 86400


@dataclass(frozen=True, slots=True)
class FailureDelay:
    """The failures under a key."""

    key: str

    @property
    def gate(self) -> str:
        """The key that is there while everybody has to wait."""
        return f"{self.key}.wait"

    @property
    def number(self) -> str:
        """The key of how many there were."""
        return f"{self.key}.failures"

    def give_back(self) -> None:
        """Forget them all: this attempt was right."""
        soft_cache.delete(self.number)
        soft_cache.delete(self.gate)


def delay_failure(key: str) -> FailureDelay:
    """Count an attempt as a failure until it is given back; from the fifth one on each makes the next wait twice as long.

    The waits are 1, 2, 4 … seconds, 15 minutes at most, and end with a right attempt or a day after the first failure. Of
    several attempts at the same moment, one passes.

    Args:
        key: Of the account and the network.

    Raises:
        TooManyRequests: It is too early; ``context["retry_after"]`` are seconds. The attempt isn't counted.
    """
    delay = FailureDelay(key)
    number = soft_cache.count(delay.number, 1, _DAY)
    if number is not None and number > FREE:
        wait = min(2 ** min(number - FREE - 1, 10), LONGEST)
        if rest := closed_for(delay.gate, wait):
            soft_cache.count(delay.number, -1, _DAY)
            raise TooManyRequests(sentence_to_wait(rest), retry_after=rest)
    return delay


def closed_for(gate: str, wait: int) -> int:
    """Close a gate for some seconds; gives for how many it is closed already, 0 where it was open. Of several callers at the same
    moment, one finds it open.
    """
    now = clock.now().timestamp()
    if soft_cache.add(gate, now + wait, wait):
        return 0
    until: float = soft_cache.get(gate, 0.0)
    if until > now:
        return math.ceil(until - now)
    if not soft_cache.add(
        f"{gate}.{until}", now, wait
    ):  # its time is over, the cache hasn't noticed yet, and somebody else has
        return 1
    soft_cache.set(gate, now + wait, wait)
    return 0
