"""Public answers, kept in a cache exactly as long as they are true.

The key of an answer holds all that it depends on: what was asked for, the versions of what it shows, what the present moment
decides. Nothing is ever forgotten, since what is no longer true is no longer asked for. The key is the ETag, too, so that who has
the answer is told so without a look at it.
"""

from __future__ import annotations

from .lookup import Look, answer, early_answer

__all__ = ["Look", "answer", "early_answer"]
