"""The app of the demo: six kinds of real work on what every machine with Python has.

``jobboy --app jobboy.demo.app:jobs work`` works on it; every code can be started by hand, without parameters too.
"""

from __future__ import annotations

from datetime import timedelta

from jobboy.app import JobBoy
from jobboy.demo import archive, bytecode, catalogue, documents, locales, machine
from jobboy.engine.handlers import DEFAULT_CHANNEL
from jobboy.model.process import CrashPolicy

DOOMED = "doomed"
"""Channel of the worker that is killed: it takes nothing else with it."""
KEPT = timedelta(hours=1)
"""How long ended processes stay: the demo goes on for as long as one looks."""
KEPT_FAILED = timedelta(minutes=15)

jobs = JobBoy()

# Plain handlers: one for each status, and one that goes on where a dead worker left off.
jobs.define("catalogue-sources", retention=KEPT)
jobs.handler("catalogue-sources", status="starting")(catalogue.list_sources)
jobs.handler("catalogue-sources", status="running")(catalogue.read_batch)
jobs.handler("catalogue-sources", status="ending")(catalogue.write_report)
jobs.handler("catalogue-sources", handled=True)(catalogue.resume)

# A pipeline that pauses for a person after its second step, and checks the answer.
importing = jobs.steps("import-locales", retention=KEPT)
importing.step(locales.generate)
importing.step(locales.validate, answer=locales.ANSWER)
importing.step(locales.load)
importing.step(locales.report)

# A pipeline with an isolated step, and a handler between two steps that makes it wait.
exporting = jobs.steps("export-archive", retention=KEPT)
exporting.step(archive.compress, isolated=True, timeout=timedelta(minutes=5))
exporting.step(archive.verify)
jobs.register(archive.Rest(), code=archive.Rest.code)

# A pipeline whose isolated step dies, with what is tidied up when it is given up.
parsing = jobs.steps("parse-untrusted", retention=KEPT_FAILED)
parsing.step(documents.receive)
parsing.step(
    documents.parse, isolated=True, retries=2, timeout=timedelta(seconds=30), memory_limit=documents.MEMORY_LIMIT
)
parsing.teardown(documents.clean_up)

# Plain handlers whose process is held for an operator when its worker dies.
jobs.define("reconcile-bytecode", on_crash=CrashPolicy.HOLD, retention=KEPT)
for channel in (DEFAULT_CHANNEL, DOOMED):
    jobs.handler("reconcile-bytecode", status="starting", channel=channel)(bytecode.count_sources)
    jobs.handler("reconcile-bytecode", status="running", channel=channel)(bytecode.compare_batch)

# Plain handlers whose store changes every second, for whoever looks at its versions.
jobs.define("sample-machine", retention=KEPT)
jobs.handler("sample-machine", status="starting")(machine.begin)
jobs.handler("sample-machine", status="running")(machine.look)
jobs.handler("sample-machine", status="ending")(machine.sum_up)

# What is started by itself: by an interval, and by a cron text.
jobs.schedule("machine-now-and-then", code="sample-machine", every=timedelta(minutes=10), parameters={"samples": 60})
jobs.schedule(
    "catalogue-at-night", code="catalogue-sources", cron="30 2 * * mon-fri", parameters={"package": "email"}
)
