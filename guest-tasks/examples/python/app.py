"""A task in Python: reports software by the version file that it leaves.

A host's refusal arrives as an `Err` whose value is the error of wit/deps/types. Whatever else is raised would end the run
without a word, so `execute` turns everything into a failure of wit/task.wit.
"""

import json
import re

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.task import Description, Failure_BadJob, Failure_Denied, Failure_Failed, Unit
from wit_world.imports import files, run
from wit_world.imports.types import Error_Denied, Span, Table, Value_Text

VERSION = re.compile(r"[0-9][0-9A-Za-z._+~-]{0,63}")


class Task(exports.Task):
    def describe(self) -> Description:
        return Description("version-py", "0.1.0", "reports software by the version file that it leaves")

    def execute(self, unit: Unit) -> None:
        try:
            report(unit)
        except Err as error:
            if isinstance(error.value, Error_Denied):
                raise Err(Failure_Denied(error.value.value)) from None
            if isinstance(error.value, (Failure_BadJob, Failure_Failed)):
                raise
            raise Err(Failure_Failed(str(error.value))) from None
        except Exception as error:
            raise Err(Failure_Failed(f"{type(error).__name__}: {error}")) from None


def report(unit: Unit) -> None:
    try:
        job = json.loads(unit.job)
        software, file = job["software"], job["file"]
    except (ValueError, KeyError, TypeError) as error:
        raise Err(Failure_BadJob(str(error))) from None
    if files.stat(file) is None:
        run.log(run.Level.INFO, f"{software} is not installed")
        return
    lines = files.read(file, 0, 4096).decode(errors="replace").splitlines()
    version = lines[0].strip() if lines else ""
    if not VERSION.fullmatch(version):
        raise Err(Failure_Failed(f"{file} has no version in its first line"))
    run.emit("softwares", table({"name": software, "version": version, "from": "file"}))


def table(row: dict[str, str]) -> Table:
    """One row of texts: the names, a span for each value, and the bytes of all texts."""
    values, texts = [], b""
    for text in row.values():
        encoded = text.encode()
        values.append(Value_Text(Span(len(texts), len(encoded))))
        texts += encoded
    return Table(list(row), values, texts)
