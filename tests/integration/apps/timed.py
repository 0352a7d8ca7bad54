"""A pipeline that schedules start, and a schedule that its app defines."""

from __future__ import annotations

from typing import Any

from jobboy import JobBoy

jobs = JobBoy()

tick = jobs.steps("tick")


@tick.step
def tell_for_when(data: dict[str, Any]) -> dict[str, Any]:
    return {"for": data["due_at"]}


jobs.schedule("new-year", code="tick", cron="0 0 1 1 *", timezone="Europe/Vienna", parameters={"name": "new-year"})
