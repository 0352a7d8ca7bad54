-- Written by python -m jobboy.storage.compiling, from expressions.py and listing.py: change those.

-- INSERT_PROCESS: id, code, status, priority, handled, handled_at, handled_by, stuck, stuck_cause, rescuable, paused, wait_until, step, attempt, crashes, on_crash, error, created_at, updated_at, turn_at, started_at, ended_at, killed_at, timeout_at, deadline_at, retention, expires_at, token, key, generation, previous_id, rank, wake_at, parameters, store, reports, output, answer_schema
INSERT OR FAIL INTO process (id, code, status, priority, handled, handled_at, handled_by, stuck, stuck_cause, rescuable, paused, wait_until, step, attempt, crashes, on_crash, error, created_at, updated_at, turn_at, started_at, ended_at, killed_at, timeout_at, deadline_at, retention, expires_at, token, "key", generation, previous_id, rank, wake_at, parameters, store, reports, output, answer_schema) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- SEEN 1: number_0
SELECT process.number, process.token, process.status, process.killed_at
FROM process
WHERE process.number IN (?)

-- SEEN 8: number_0, number_1, number_2, number_3, number_4, number_5, number_6, number_7
SELECT process.number, process.token, process.status, process.killed_at
FROM process
WHERE process.number IN (?, ?, ?, ?, ?, ?, ?, ?)

-- SEEN 64: number_0, number_1, number_2, number_3, number_4, number_5, number_6, number_7, number_8, number_9, number_10, number_11, number_12, number_13, number_14, number_15, number_16, number_17, number_18, number_19, number_20, number_21, number_22, number_23, number_24, number_25, number_26, number_27, number_28, number_29, number_30, number_31, number_32, number_33, number_34, number_35, number_36, number_37, number_38, number_39, number_40, number_41, number_42, number_43, number_44, number_45, number_46, number_47, number_48, number_49, number_50, number_51, number_52, number_53, number_54, number_55, number_56, number_57, number_58, number_59, number_60, number_61, number_62, number_63
SELECT process.number, process.token, process.status, process.killed_at
FROM process
WHERE process.number IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- INSERT_EVENT: process, at, kind, actor, reason, step, attempt, before, after
INSERT INTO event (process, at, kind, actor, reason, step, attempt, "before", "after") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- INSERT_STARTED: at, kind, actor, after, first
INSERT OR FAIL INTO event (process, at, kind, actor, "after") SELECT process.number, ? AS anon_1, ? AS anon_2, ? AS anon_3, ? AS anon_4
FROM process
WHERE process.number >= ? ORDER BY process.number

-- RECORD_STEP: process, name, visit, position, status, attempts, output, error, started_at, ended_at
INSERT INTO step (process, name, visit, position, status, attempts, output, error, started_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (process, name, visit) DO UPDATE SET position = excluded.position, status = excluded.status, attempts = excluded.attempts, output = excluded.output, error = excluded.error, started_at = excluded.started_at, ended_at = excluded.ended_at WHERE step.status <> 'completed'

-- UPDATE_PROCESS: status, handled, handled_at, handled_by, stuck, stuck_cause, rescuable, paused, wait_until, step, attempt, crashes, error, updated_at, turn_at, started_at, ended_at, killed_at, timeout_at, deadline_at, expires_at, token, rank, wake_at, store, reports, output, answer_schema, restarted_as, number_mine, token_mine
UPDATE OR FAIL process SET status=?, handled=?, handled_at=?, handled_by=?, stuck=?, stuck_cause=?, rescuable=?, paused=?, wait_until=?, step=?, attempt=?, crashes=?, error=?, updated_at=?, turn_at=?, started_at=?, ended_at=?, killed_at=?, timeout_at=?, deadline_at=?, expires_at=?, token=?, rank=?, wake_at=?, store=?, reports=?, output=?, answer_schema=?, restarted_as=? WHERE process.number = ? AND process.token = ?

-- UPDATE_AS_CLAIMED: status, handled, handled_at, handled_by, stuck, stuck_cause, rescuable, paused, wait_until, step, attempt, crashes, error, updated_at, turn_at, started_at, ended_at, killed_at, timeout_at, deadline_at, expires_at, token, rank, wake_at, store, reports, output, answer_schema, restarted_as, number_mine, token_mine, status_mine
UPDATE OR FAIL process SET status=?, handled=?, handled_at=?, handled_by=?, stuck=?, stuck_cause=?, rescuable=?, paused=?, wait_until=?, step=?, attempt=?, crashes=?, error=?, updated_at=?, turn_at=?, started_at=?, ended_at=?, killed_at=?, timeout_at=?, deadline_at=?, expires_at=?, token=?, rank=?, wake_at=?, store=?, reports=?, output=?, answer_schema=?, restarted_as=? WHERE process.number = ? AND process.token = ? AND process.status = ? AND process.killed_at IS NULL

-- SITUATION: now
SELECT EXISTS (SELECT control.name
FROM control
WHERE control.name = 'work') AS anon_1, EXISTS (SELECT process.number
FROM process
WHERE process.wake_at <= ?) AS anon_2

-- WAKE: now
UPDATE process SET wait_until=NULL, rank=CASE status WHEN 'failing' THEN 2 WHEN 'ending' THEN 3 WHEN 'running' THEN 4 ELSE 5 END, wake_at=NULL WHERE process.number IN (SELECT process.number
FROM process
WHERE process.wake_at <= ? ORDER BY process.wake_at
 LIMIT 500 OFFSET 0)

-- PUT_IN_TURN: now, now
UPDATE process SET turn_at=? WHERE process.number IN (SELECT process.number
FROM process
WHERE process.rank IS NOT NULL AND process.turn_at > ?
 LIMIT 2000 OFFSET 0)

-- END_WAITS: now, now, now, now, now, longest
UPDATE process SET wait_until=?, turn_at=?, wake_at=? WHERE process.number IN (SELECT process.number
FROM process
WHERE process.wake_at > ? AND process.turn_at > ? AND process.wake_at - process.turn_at <= ?
 LIMIT 2000 OFFSET 0)

-- CLAIM 1: handled_at, handled_by, updated_at, number_0
UPDATE OR FAIL process SET handled=1, handled_at=?, handled_by=?, stuck=0, rescuable=0, attempt=(process.attempt + 1), updated_at=?, deadline_at=NULL, token=(process.token + 1), rank=NULL, wake_at=NULL WHERE process.number IN (?)

-- CLAIM 8: handled_at, handled_by, updated_at, number_0, number_1, number_2, number_3, number_4, number_5, number_6, number_7
UPDATE OR FAIL process SET handled=1, handled_at=?, handled_by=?, stuck=0, rescuable=0, attempt=(process.attempt + 1), updated_at=?, deadline_at=NULL, token=(process.token + 1), rank=NULL, wake_at=NULL WHERE process.number IN (?, ?, ?, ?, ?, ?, ?, ?)

-- CLAIM 64: handled_at, handled_by, updated_at, number_0, number_1, number_2, number_3, number_4, number_5, number_6, number_7, number_8, number_9, number_10, number_11, number_12, number_13, number_14, number_15, number_16, number_17, number_18, number_19, number_20, number_21, number_22, number_23, number_24, number_25, number_26, number_27, number_28, number_29, number_30, number_31, number_32, number_33, number_34, number_35, number_36, number_37, number_38, number_39, number_40, number_41, number_42, number_43, number_44, number_45, number_46, number_47, number_48, number_49, number_50, number_51, number_52, number_53, number_54, number_55, number_56, number_57, number_58, number_59, number_60, number_61, number_62, number_63
UPDATE OR FAIL process SET handled=1, handled_at=?, handled_by=?, stuck=0, rescuable=0, attempt=(process.attempt + 1), updated_at=?, deadline_at=NULL, token=(process.token + 1), rank=NULL, wake_at=NULL WHERE process.number IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- READY_CODE_AFTER: after
SELECT process.code
FROM process
WHERE process.code > ? AND process.rank IS NOT NULL ORDER BY process.code
 LIMIT 1 OFFSET 0

-- READY_CODES: codes
SELECT anon_1.value
FROM json_each(?) AS anon_1
WHERE EXISTS (SELECT process.number
FROM process
WHERE process.code = anon_1.value AND process.rank IS NOT NULL)

-- READY 8: code, offset
SELECT process.rank, process.priority, process.turn_at, process.number
FROM process
WHERE process.code = ? AND process.rank IS NOT NULL ORDER BY process.rank, process.priority, process.turn_at, process.number
 LIMIT 8 OFFSET ?

-- READY 65: code, offset
SELECT process.rank, process.priority, process.turn_at, process.number
FROM process
WHERE process.code = ? AND process.rank IS NOT NULL ORDER BY process.rank, process.priority, process.turn_at, process.number
 LIMIT 65 OFFSET ?

-- BY_NUMBER: number
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as, process.parameters, process.store, process.reports, process.output, process.answer_schema
FROM process
WHERE process.number = ?

-- BY_ID: id
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as, process.parameters, process.store, process.reports, process.output, process.answer_schema
FROM process
WHERE process.id = ?

-- BY_KEY: key
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as, process.parameters, process.store, process.reports, process.output, process.answer_schema
FROM process
WHERE process."key" = ?

-- LOAD 1: number_0
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as, process.parameters, process.store, process.reports, process.output, process.answer_schema
FROM process
WHERE process.number IN (?)

-- LOAD 8: number_0, number_1, number_2, number_3, number_4, number_5, number_6, number_7
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as, process.parameters, process.store, process.reports, process.output, process.answer_schema
FROM process
WHERE process.number IN (?, ?, ?, ?, ?, ?, ?, ?)

-- LOAD 64: number_0, number_1, number_2, number_3, number_4, number_5, number_6, number_7, number_8, number_9, number_10, number_11, number_12, number_13, number_14, number_15, number_16, number_17, number_18, number_19, number_20, number_21, number_22, number_23, number_24, number_25, number_26, number_27, number_28, number_29, number_30, number_31, number_32, number_33, number_34, number_35, number_36, number_37, number_38, number_39, number_40, number_41, number_42, number_43, number_44, number_45, number_46, number_47, number_48, number_49, number_50, number_51, number_52, number_53, number_54, number_55, number_56, number_57, number_58, number_59, number_60, number_61, number_62, number_63
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as, process.parameters, process.store, process.reports, process.output, process.answer_schema
FROM process
WHERE process.number IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- HANDLED:
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.handled = 1 ORDER BY process.number

-- NUMBER_FROM: id
SELECT process.number
FROM process
WHERE process.id >= ? ORDER BY process.id
 LIMIT 1 OFFSET 0

-- IDS_FROM: part, end, limit
SELECT process.id
FROM process
WHERE process.id >= ? AND process.id < ? ORDER BY process.id DESC
 LIMIT ? OFFSET 0

-- IDS_WITH: pattern, limit
SELECT process.id
FROM process
WHERE process.id LIKE ? ORDER BY process.id DESC
 LIMIT ? OFFSET 0

-- STEPS: number
SELECT step.name, step.visit, step.position, step.status, step.attempts, step.output, step.error, step.started_at, step.ended_at
FROM step
WHERE step.process = ? ORDER BY step.position, step.visit

-- EVENTS: after, before, limit
SELECT event.seq, coalesce(process.id, (SELECT json_extract(removal."before", '$.id') AS json_extract_1
FROM event AS removal
WHERE removal.process = event.process AND removal.kind = 'pruned')) AS id, event.at, event.kind, event.actor, event.reason, event.step, event.attempt, event."before", event."after"
FROM event LEFT OUTER JOIN process ON process.number = event.process
WHERE event.seq > ? AND event.seq < ? ORDER BY event.seq
 LIMIT ? OFFSET 0

-- EVENTS_OF_ONE: after, before, number, limit
SELECT event.seq, coalesce(process.id, (SELECT json_extract(removal."before", '$.id') AS json_extract_1
FROM event AS removal
WHERE removal.process = event.process AND removal.kind = 'pruned')) AS id, event.at, event.kind, event.actor, event.reason, event.step, event.attempt, event."before", event."after"
FROM event LEFT OUTER JOIN process ON process.number = event.process
WHERE event.seq > ? AND event.seq < ? AND event.process = ? ORDER BY event.seq
 LIMIT ? OFFSET 0

-- NEWEST_EVENTS: after, before, limit
SELECT event.seq, coalesce(process.id, (SELECT json_extract(removal."before", '$.id') AS json_extract_1
FROM event AS removal
WHERE removal.process = event.process AND removal.kind = 'pruned')) AS id, event.at, event.kind, event.actor, event.reason, event.step, event.attempt, event."before", event."after"
FROM event LEFT OUTER JOIN process ON process.number = event.process
WHERE event.seq > ? AND event.seq < ? ORDER BY event.seq DESC
 LIMIT ? OFFSET 0

-- NEWEST_EVENTS_OF_ONE: after, before, number, limit
SELECT event.seq, coalesce(process.id, (SELECT json_extract(removal."before", '$.id') AS json_extract_1
FROM event AS removal
WHERE removal.process = event.process AND removal.kind = 'pruned')) AS id, event.at, event.kind, event.actor, event.reason, event.step, event.attempt, event."before", event."after"
FROM event LEFT OUTER JOIN process ON process.number = event.process
WHERE event.seq > ? AND event.seq < ? AND event.process = ? ORDER BY event.seq DESC
 LIMIT ? OFFSET 0

-- LAST_SEQ:
SELECT max(event.seq) AS max_1
FROM event

-- TALLY:
SELECT tally.code, tally.status, tally.n
FROM tally
WHERE tally.n > 0

-- ENDINGS: status, limit, since
SELECT anon_2.ended_at / 60000000 AS anon_1, count(*) AS count_1, min(anon_2.ended_at) AS min_1
FROM (SELECT process.ended_at AS ended_at
FROM process
WHERE process.status = ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0) AS anon_2
WHERE anon_2.ended_at >= ? GROUP BY anon_2.ended_at / 60000000

-- MARKED: now
SELECT (SELECT count(*) AS count_1
FROM process
WHERE handled = 1) AS anon_1, (SELECT count(*) AS count_2
FROM process
WHERE handled = 1 AND stuck = 1) AS anon_2, (SELECT count(*) AS count_3
FROM process
WHERE paused = 1) AS anon_3, (SELECT count(*) AS count_4
FROM process
WHERE process.wake_at > ?) AS anon_4, (SELECT count(*) AS count_5
FROM process
WHERE restarted_as IS NOT NULL AND status || '' = 'failed') AS anon_5

-- DEFINITION: code
SELECT definition.code, definition.steps, definition.on_crash, definition.retention
FROM definition
WHERE definition.code = ?

-- DEFINED_CODES:
SELECT definition.code
FROM definition ORDER BY definition.code

-- REMEMBER: code, steps, on_crash, retention
INSERT INTO definition (code, steps, on_crash, retention) VALUES (?, ?, ?, ?) ON CONFLICT (code) DO UPDATE SET steps = excluded.steps, on_crash = excluded.on_crash, retention = excluded.retention

-- INSERT_WORKER: id, host, pid, slots, codes, started_at, stopped_at, version
INSERT INTO worker (id, host, pid, slots, codes, started_at, stopped_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- END_WORKER: stopped_at, number_mine
UPDATE worker SET stopped_at=? WHERE worker.number = ?

-- WORKERS: limit
SELECT worker.number, worker.id, worker.host, worker.pid, worker.slots, worker.codes, worker.started_at, worker.stopped_at, worker.version
FROM worker ORDER BY worker.number DESC
 LIMIT ? OFFSET 0

-- FORGET_WORKER: number
DELETE FROM worker WHERE worker.number = ?

-- WORK_PAUSE:
SELECT control.at, control.actor, control.reason
FROM control
WHERE control.name = 'work'

-- PAUSE_WORK: name, at, actor, reason
INSERT INTO control (name, at, actor, reason) VALUES (?, ?, ?, ?)

-- RESUME_WORK:
DELETE FROM control WHERE control.name = 'work'

-- DATABASE_UUID:
SELECT meta.value
FROM meta
WHERE meta.name = 'database_uuid'

-- EXPIRED: now, limit
SELECT process.number
FROM process
WHERE process.expires_at <= ? AND process.handled = 0 ORDER BY process.expires_at
 LIMIT ? OFFSET 0

-- COUNT_EXPIRED: now
SELECT count(*) AS count_1
FROM process
WHERE process.expires_at <= ?

-- COUNT_EXPIRED_HELD: never, now
SELECT count(*) AS count_1
FROM process
WHERE process.handled = 1 AND coalesce(process.expires_at, ?) <= ?

-- OLDEST: after, limit
SELECT process.number, process.created_at, process.ended_at, process.handled
FROM process
WHERE process.number > ? ORDER BY process.number
 LIMIT ? OFFSET 0

-- DELETE_ENDED: number
DELETE FROM process WHERE process.number = ? AND process.handled = 0 AND process.ended_at IS NOT NULL RETURNING id, code, status

-- DELETE_STEPS: number
DELETE FROM step WHERE step.process = ?

-- DELETE_EVENTS: number
DELETE FROM event WHERE event.process = ? AND NOT (actor >= 'operator:' AND actor < 'operator;' AND kind <> 'started')

-- STRIP_ACTS: number
UPDATE event SET "before" = json_remove("before", '$.store', '$.reports', '$.output'), "after" = json_remove("after", '$.store', '$.reports', '$.output') WHERE process = ?

-- KEEP_LOG: process, token, step, attempt, at, left_out, text, process, token
INSERT INTO log (process, token, step, attempt, at, left_out, text) SELECT ?, ?, ?, ?, ?, ?, ? FROM process WHERE number = ? AND token = ? ON CONFLICT (process, token) DO UPDATE SET at = excluded.at, left_out = excluded.left_out, text = excluded.text

-- FORGET_OLD_LOGS: process, process
DELETE FROM log WHERE process = ? AND token <= (SELECT token FROM log WHERE process = ? ORDER BY token DESC LIMIT 1 OFFSET 100)

-- DELETE_LOGS: number
DELETE FROM log WHERE log.process = ?

-- LOGS: number, from_token, limit
SELECT log.token, log.step, log.attempt, log.at, log.left_out, log.text
FROM log
WHERE log.process = ? AND log.token >= ? ORDER BY log.token DESC
 LIMIT ? OFFSET 0

-- SCHEDULES:
SELECT schedule.number, schedule.name, schedule.code, schedule.parameters, schedule.cron, schedule.timezone, schedule.every, schedule.missed, schedule.by_app, schedule.paused, schedule.next_at, schedule.last_at, schedule.looked_at, schedule.anchor_at, schedule.created_at, schedule.updated_at
FROM schedule ORDER BY schedule.name

-- SCHEDULE: name
SELECT schedule.number, schedule.name, schedule.code, schedule.parameters, schedule.cron, schedule.timezone, schedule.every, schedule.missed, schedule.by_app, schedule.paused, schedule.next_at, schedule.last_at, schedule.looked_at, schedule.anchor_at, schedule.created_at, schedule.updated_at
FROM schedule
WHERE schedule.name = ?

-- INSERT_SCHEDULE: name, code, parameters, cron, timezone, every, missed, by_app, paused, next_at, last_at, looked_at, anchor_at, created_at, updated_at
INSERT INTO schedule (name, code, parameters, cron, timezone, every, missed, by_app, paused, next_at, last_at, looked_at, anchor_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- UPDATE_SCHEDULE: code, parameters, cron, timezone, every, missed, by_app, paused, next_at, last_at, looked_at, anchor_at, updated_at, number_mine
UPDATE schedule SET code=?, parameters=?, cron=?, timezone=?, every=?, missed=?, by_app=?, paused=?, next_at=?, last_at=?, looked_at=?, anchor_at=?, updated_at=? WHERE schedule.number = ?

-- DELETE_SCHEDULE: number
DELETE FROM schedule WHERE schedule.number = ?

-- DELETE_SCHEDULE_STARTS: number
DELETE FROM schedule_start WHERE schedule_start.schedule = ?

-- START_ONCE: schedule, due_at, process_id, at
INSERT INTO schedule_start (schedule, due_at, process_id, at) VALUES (?, ?, ?, ?) ON CONFLICT (schedule, due_at) DO NOTHING

-- SCHEDULE_STARTS: number, limit
SELECT schedule_start.due_at, schedule_start.process_id, schedule_start.at
FROM schedule_start
WHERE schedule_start.schedule = ? ORDER BY schedule_start.due_at DESC
 LIMIT ? OFFSET 0

-- FORGET_STARTS: number, before
DELETE FROM schedule_start WHERE schedule_start.schedule = ? AND schedule_start.due_at < ?

-- page plain: limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page statuses=1: status_0, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.status = ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page statuses=2: status_0, status_1, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number IN (SELECT process.number
FROM process
WHERE process.status = ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? ORDER BY number DESC
 LIMIT ? OFFSET 0) ORDER BY process.number DESC

-- page statuses=4: status_0, status_1, status_2, status_3, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number IN (SELECT process.number
FROM process
WHERE process.status = ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? ORDER BY number DESC
 LIMIT ? OFFSET 0) ORDER BY process.number DESC

-- page codes=1: code_0, status_0, code_0, status_1, code_0, status_2, code_0, status_3, code_0, status_4, code_0, status_5, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number IN (SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? ORDER BY number DESC
 LIMIT ? OFFSET 0) ORDER BY process.number DESC

-- page statuses=1 codes=1: code_0, status_0, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.code = ? AND process.status = ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page handled=True: limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE handled = 1 ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- count handled=True: limit
SELECT count(*) AS count_1
FROM (SELECT process.number AS number
FROM process
WHERE handled = 1
 LIMIT ? OFFSET 0) AS anon_1

-- page paused=True: limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE paused = 1 ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- count paused=True: limit
SELECT count(*) AS count_1
FROM (SELECT process.number AS number
FROM process
WHERE paused = 1
 LIMIT ? OFFSET 0) AS anon_1

-- page waiting=True: now, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE wake_at IS NOT NULL AND coalesce(process.wake_at, 0) > ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- count waiting=True: now, limit
SELECT count(*) AS count_1
FROM (SELECT process.number AS number
FROM process
WHERE wake_at IS NOT NULL AND coalesce(process.wake_at, 0) > ?
 LIMIT ? OFFSET 0) AS anon_1

-- page handled=False: limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE handled = 0 ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- count handled=False: limit
SELECT count(*) AS count_1
FROM (SELECT process.number AS number
FROM process
WHERE handled = 0
 LIMIT ? OFFSET 0) AS anon_1

-- page handled=False paused=True: limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE handled = 0 AND paused = 1 ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- count handled=False paused=True: limit
SELECT count(*) AS count_1
FROM (SELECT process.number AS number
FROM process
WHERE handled = 0 AND paused = 1
 LIMIT ? OFFSET 0) AS anon_1

-- page left_failed=True: limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE status = 'failed' AND restarted_as IS NULL ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- count left_failed=True: limit
SELECT count(*) AS count_1
FROM (SELECT process.number AS number
FROM process
WHERE status = 'failed' AND restarted_as IS NULL
 LIMIT ? OFFSET 0) AS anon_1

-- page restarted=True: limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE restarted_as IS NOT NULL ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- count restarted=True: limit
SELECT count(*) AS count_1
FROM (SELECT process.number AS number
FROM process
WHERE restarted_as IS NOT NULL
 LIMIT ? OFFSET 0) AS anon_1

-- page statuses=1 restarted=True: status_0, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE restarted_as IS NOT NULL AND (process.status || '') IN (?) ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- count statuses=1 restarted=True: status_0, limit
SELECT count(*) AS count_1
FROM (SELECT process.number AS number
FROM process
WHERE restarted_as IS NOT NULL AND (process.status || '') IN (?)
 LIMIT ? OFFSET 0) AS anon_1

-- page edge=below: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page statuses=1 edge=below: status_0, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.status = ? AND process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page statuses=2 edge=below: status_0, edge, status_1, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number IN (SELECT process.number
FROM process
WHERE process.status = ? AND process.number < ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? AND process.number < ? ORDER BY number DESC
 LIMIT ? OFFSET 0) ORDER BY process.number DESC

-- page statuses=4 edge=below: status_0, edge, status_1, edge, status_2, edge, status_3, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number IN (SELECT process.number
FROM process
WHERE process.status = ? AND process.number < ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? AND process.number < ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? AND process.number < ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? AND process.number < ? ORDER BY number DESC
 LIMIT ? OFFSET 0) ORDER BY process.number DESC

-- page codes=1 edge=below: code_0, status_0, edge, code_0, status_1, edge, code_0, status_2, edge, code_0, status_3, edge, code_0, status_4, edge, code_0, status_5, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number IN (SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number < ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number < ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number < ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number < ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number < ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number < ? ORDER BY number DESC
 LIMIT ? OFFSET 0) ORDER BY process.number DESC

-- page statuses=1 codes=1 edge=below: code_0, status_0, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.code = ? AND process.status = ? AND process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page handled=True edge=below: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE handled = 1 AND process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page paused=True edge=below: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE paused = 1 AND process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page waiting=True edge=below: now, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE wake_at IS NOT NULL AND coalesce(process.wake_at, 0) > ? AND process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page handled=False edge=below: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE handled = 0 AND process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page handled=False paused=True edge=below: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE handled = 0 AND paused = 1 AND process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page left_failed=True edge=below: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE status = 'failed' AND restarted_as IS NULL AND process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page restarted=True edge=below: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE restarted_as IS NOT NULL AND process.number < ? ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page statuses=1 restarted=True edge=below: edge, status_0, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE restarted_as IS NOT NULL AND process.number < ? AND (process.status || '') IN (?) ORDER BY process.number DESC
 LIMIT ? OFFSET 0

-- page edge=above: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page statuses=1 edge=above: status_0, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.status = ? AND process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page statuses=2 edge=above: status_0, edge, status_1, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number IN (SELECT process.number
FROM process
WHERE process.status = ? AND process.number > ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? AND process.number > ? ORDER BY number ASC
 LIMIT ? OFFSET 0) ORDER BY process.number ASC

-- page statuses=4 edge=above: status_0, edge, status_1, edge, status_2, edge, status_3, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number IN (SELECT process.number
FROM process
WHERE process.status = ? AND process.number > ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? AND process.number > ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? AND process.number > ? UNION ALL SELECT process.number
FROM process
WHERE process.status = ? AND process.number > ? ORDER BY number ASC
 LIMIT ? OFFSET 0) ORDER BY process.number ASC

-- page codes=1 edge=above: code_0, status_0, edge, code_0, status_1, edge, code_0, status_2, edge, code_0, status_3, edge, code_0, status_4, edge, code_0, status_5, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.number IN (SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number > ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number > ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number > ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number > ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number > ? UNION ALL SELECT process.number
FROM process
WHERE process.code = ? AND process.status = ? AND process.number > ? ORDER BY number ASC
 LIMIT ? OFFSET 0) ORDER BY process.number ASC

-- page statuses=1 codes=1 edge=above: code_0, status_0, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE process.code = ? AND process.status = ? AND process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page handled=True edge=above: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE handled = 1 AND process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page paused=True edge=above: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE paused = 1 AND process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page waiting=True edge=above: now, edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE wake_at IS NOT NULL AND coalesce(process.wake_at, 0) > ? AND process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page handled=False edge=above: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE handled = 0 AND process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page handled=False paused=True edge=above: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE handled = 0 AND paused = 1 AND process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page left_failed=True edge=above: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE status = 'failed' AND restarted_as IS NULL AND process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page restarted=True edge=above: edge, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE restarted_as IS NOT NULL AND process.number > ? ORDER BY process.number ASC
 LIMIT ? OFFSET 0

-- page statuses=1 restarted=True edge=above: edge, status_0, limit
SELECT process.number, process.id, process.code, process.status, process.priority, process.handled, process.handled_at, process.handled_by, process.stuck, process.stuck_cause, process.rescuable, process.paused, process.wait_until, process.step, process.attempt, process.crashes, process.on_crash, process.error, process.created_at, process.updated_at, process.turn_at, process.started_at, process.ended_at, process.killed_at, process.timeout_at, process.deadline_at, process.retention, process.expires_at, process.token, process."key", process.generation, process.previous_id, process.restarted_as
FROM process
WHERE restarted_as IS NOT NULL AND process.number > ? AND (process.status || '') IN (?) ORDER BY process.number ASC
 LIMIT ? OFFSET 0
