"""Steps of a shop in one process, which takes longer to start than most of them: commands, and what the data module prints.

Run in the project: ``python -m tests.upgrade.steps '[["migrate"], ["data", "read"]]'``; it prints what each step did, as JSON.
"""

from __future__ import annotations

import gc
import json
import sys
from contextlib import redirect_stdout
from io import StringIO

import django
from django.core.management import execute_from_command_line

from . import data


def printed(name: str, *arguments: str) -> str:
    """The output of one step.

    Raises:
        SystemExit: A command failed; what it had printed until then goes to the standard error.
    """
    if name == "data":
        return json.dumps(data.run(*arguments))
    output = StringIO()
    try:
        with redirect_stdout(output):
            execute_from_command_line(["django", name, *arguments])
    except SystemExit as end:
        if end.code:
            sys.stderr.write(output.getvalue())
            raise
    return output.getvalue()


if __name__ == "__main__":
    gc.disable()  # a quarter of the time of migrating, and this process ends soon
    django.setup()
    outputs = [printed(*step) for step in json.loads(sys.argv[1])]
    json.dump(outputs, sys.stdout)
