-- 0001_core: organisations, people who sign in, the agenda, bookings, messages, the log.
-- One dialect: BIGINT, TEXT and @BLOB@.  Ids and times are made by the program:
-- times are microseconds UTC, days count from 1970-01-01, minutes from local midnight.
-- *_sealed columns are envelopes of the vault; nothing else tells who a person is.

-- plan_version rises with every change of hours, absences, motives and rooms: caches compare it.
-- reminder_hours: how long before an appointment its patient is reminded; 0: not at all.
-- open_on_holidays: 0, weekly hours do not hold on public holidays.
CREATE TABLE org (
	id			BIGINT PRIMARY KEY,
	slug			TEXT NOT NULL UNIQUE,
	name			TEXT NOT NULL,
	zone			TEXT NOT NULL,
	lang			BIGINT NOT NULL,
	phone			TEXT NOT NULL,
	colour			BIGINT NOT NULL,
	cancel_limit_minutes	BIGINT NOT NULL,
	reminder_hours		BIGINT NOT NULL,
	open_on_holidays	BIGINT NOT NULL,
	created_at		BIGINT NOT NULL,
	closed_at		BIGINT,
	version			BIGINT NOT NULL,
	plan_version		BIGINT NOT NULL
);

CREATE TABLE site (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	name		TEXT NOT NULL,
	street		TEXT NOT NULL,
	postal_code	TEXT NOT NULL,
	city		TEXT NOT NULL,
	access		TEXT NOT NULL,
	phone		TEXT NOT NULL,
	closed_at	BIGINT,
	version	BIGINT NOT NULL,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

-- What the public page shows of a professional: published, hence in clear.
CREATE TABLE practitioner (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	slug		TEXT NOT NULL,
	title		TEXT NOT NULL,
	given		TEXT NOT NULL,
	family		TEXT NOT NULL,
	specialty	TEXT NOT NULL,
	languages	TEXT NOT NULL,
	about		TEXT NOT NULL,
	listed		BIGINT NOT NULL,
	position	BIGINT NOT NULL,
	photo_type	TEXT NOT NULL,
	photo		@BLOB@,
	closed_at	BIGINT,
	version	BIGINT NOT NULL,
	PRIMARY KEY (org, id),
	UNIQUE (org, slug)
) @CLUSTERED@;

-- capacity above 1: a group motive.  audience: 0 anybody, 1 new patients, 2 known patients.
CREATE TABLE motive (
	org			BIGINT NOT NULL,
	id			BIGINT NOT NULL,
	name			TEXT NOT NULL,
	short_name		TEXT NOT NULL,
	colour			BIGINT NOT NULL,
	minutes			BIGINT NOT NULL,
	buffer_before_minutes	BIGINT NOT NULL,
	buffer_after_minutes	BIGINT NOT NULL,
	step_minutes		BIGINT NOT NULL,
	online			BIGINT NOT NULL,
	audience		BIGINT NOT NULL,
	notice_minutes		BIGINT NOT NULL,
	horizon_days		BIGINT NOT NULL,
	capacity		BIGINT NOT NULL,
	instructions		TEXT NOT NULL,
	position		BIGINT NOT NULL,
	closed_at		BIGINT,
	version			BIGINT NOT NULL,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

CREATE TABLE motive_practitioner (
	org		BIGINT NOT NULL,
	motive		BIGINT NOT NULL,
	practitioner	BIGINT NOT NULL,
	PRIMARY KEY (org, motive, practitioner)
) @CLUSTERED@;

-- kind: 1 room, 2 device.
CREATE TABLE resource (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	kind		BIGINT NOT NULL,
	name		TEXT NOT NULL,
	site		BIGINT NOT NULL,
	closed_at	BIGINT,
	version	BIGINT NOT NULL,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

-- A motive needs one of its rooms and one of its devices, if it names any.
CREATE TABLE motive_resource (
	org		BIGINT NOT NULL,
	motive		BIGINT NOT NULL,
	resource	BIGINT NOT NULL,
	PRIMARY KEY (org, motive, resource)
) @CLUSTERED@;

-- Opening hours.  weekday: ISO 1 to 7, or 0 with on_day for an exceptional opening.
-- parity: 0 every week, 1 odd, 2 even ISO weeks.
CREATE TABLE hours (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	practitioner	BIGINT NOT NULL,
	site		BIGINT NOT NULL,
	weekday		BIGINT NOT NULL,
	parity		BIGINT NOT NULL,
	on_day		BIGINT,
	start_minute	BIGINT NOT NULL,
	end_minute	BIGINT NOT NULL,
	from_day	BIGINT,
	until_day	BIGINT,
	version		BIGINT NOT NULL,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

CREATE INDEX hours_by_practitioner ON hours (org, practitioner);

-- Opening hours for some motives only; without a row, for all.
CREATE TABLE hours_motive (
	org	BIGINT NOT NULL,
	hours	BIGINT NOT NULL,
	motive	BIGINT NOT NULL,
	PRIMARY KEY (org, hours, motive)
) @CLUSTERED@;

-- An absence from start_minute of first_day to end_minute of last_day, repeated
-- every_weeks (0: once) until until_day.
CREATE TABLE absence (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	practitioner	BIGINT NOT NULL,
	first_day	BIGINT NOT NULL,
	start_minute	BIGINT NOT NULL,
	last_day	BIGINT NOT NULL,
	end_minute	BIGINT NOT NULL,
	every_weeks	BIGINT NOT NULL,
	until_day	BIGINT,
	reason_sealed	@BLOB@,
	created_at	BIGINT NOT NULL,
	version		BIGINT NOT NULL,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

CREATE INDEX absence_by_practitioner ON absence (org, practitioner);

-- An occurrence (by the day on which it would begin) that does not take place.
CREATE TABLE absence_except (
	org	BIGINT NOT NULL,
	absence	BIGINT NOT NULL,
	on_day	BIGINT NOT NULL,
	PRIMARY KEY (org, absence, on_day)
) @CLUSTERED@;

-- guardian: the person who books for this one, since guardian_at.  match_*: keyed hashes of address (or
-- number), names and birth date together, by which somebody who comes again is
-- recognised without anybody's record being opened.
CREATE TABLE person (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	version		BIGINT NOT NULL,
	identity_sealed	@BLOB@ NOT NULL,
	email_blind	@BLOB@,
	phone_blind	@BLOB@,
	match_email	@BLOB@,
	match_phone	@BLOB@,
	guardian	BIGINT,
	guardian_at	BIGINT,
	created_at	BIGINT NOT NULL,
	last_act_at	BIGINT NOT NULL,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

CREATE INDEX person_by_email ON person (org, email_blind);
CREATE INDEX person_by_phone ON person (org, phone_blind);
CREATE INDEX person_by_match_email ON person (org, match_email) WHERE match_email IS NOT NULL;
CREATE INDEX person_by_match_phone ON person (org, match_phone) WHERE match_phone IS NOT NULL;

-- state: 1 held, 2 confirmed, 3 arrived, 4 in consultation, 5 done, 6 no-show,
-- 7 excused, 8 cancelled.  kind: 1 appointment, 2 blocked time (no person), 3 group session.
CREATE TABLE booking (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	kind		BIGINT NOT NULL,
	state		BIGINT NOT NULL,
	practitioner	BIGINT NOT NULL,
	site		BIGINT NOT NULL,
	motive		BIGINT,
	person		BIGINT,
	room		BIGINT,
	device		BIGINT,
	session		BIGINT,
	series		BIGINT,
	start_at	BIGINT NOT NULL,
	end_at		BIGINT NOT NULL,
	lane		BIGINT NOT NULL,
	hold_until	BIGINT,
	moved_from	BIGINT,
	sequence	BIGINT NOT NULL,
	link_hash	@BLOB@,
	note_sealed	@BLOB@,
	source		BIGINT NOT NULL,
	created_at	BIGINT NOT NULL,
	created_by	BIGINT,
	arrived_at	BIGINT,
	started_at	BIGINT,
	ended_at	BIGINT,
	cancelled_at	BIGINT,
	cancelled_by	BIGINT,
	version		BIGINT NOT NULL,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

CREATE INDEX booking_by_agenda ON booking (org, practitioner, start_at);
CREATE INDEX booking_by_person ON booking (org, person, start_at);
CREATE INDEX booking_by_link ON booking (link_hash) WHERE link_hash IS NOT NULL;
CREATE INDEX booking_by_series ON booking (org, series, start_at) WHERE series IS NOT NULL;
CREATE INDEX booking_by_session ON booking (org, session) WHERE session IS NOT NULL;
-- Group sessions of a motive in a range of time: slots are offered by it.
CREATE INDEX booking_sessions ON booking (org, motive, start_at) WHERE kind = 3;
CREATE INDEX booking_held ON booking (hold_until) WHERE hold_until IS NOT NULL;

-- Busy time: 5-minute cells since 1970.  holder: a practitioner, a room, a device
-- or a person.  The key is the promise that nobody is ever in two places; lane
-- above 0 is staff's own choice to overlap.  until: a hold lapses then (0: never).
CREATE TABLE busy (
	org	BIGINT NOT NULL,
	holder	BIGINT NOT NULL,
	cell	BIGINT NOT NULL,
	lane	BIGINT NOT NULL,
	booking	BIGINT NOT NULL,
	until	BIGINT NOT NULL,
	PRIMARY KEY (org, holder, cell, lane)
) @CLUSTERED@;

-- Of holds only: what an appointment has taken is found by its holders and its time.
CREATE INDEX busy_held ON busy (org, booking) WHERE until > 0;

-- The places of a group session.
CREATE TABLE seat (
	org	BIGINT NOT NULL,
	session	BIGINT NOT NULL,
	number	BIGINT NOT NULL,
	booking	BIGINT NOT NULL,
	PRIMARY KEY (org, session, number)
) @CLUSTERED@;

-- How the bookings of a series stood before a change of them all, for as long as it can
-- be undone.  act: 1 moved, 2 cancelled, 3 made.
CREATE TABLE undo_step (
	org		BIGINT NOT NULL,
	change		BIGINT NOT NULL,
	number		BIGINT NOT NULL,
	at		BIGINT NOT NULL,
	act		BIGINT NOT NULL,
	booking		BIGINT NOT NULL,
	version		BIGINT NOT NULL,
	quiet		BIGINT NOT NULL,
	start_at	BIGINT NOT NULL,
	minutes		BIGINT NOT NULL,
	practitioner	BIGINT NOT NULL,
	lane		BIGINT NOT NULL,
	PRIMARY KEY (org, change, number)
) @CLUSTERED@;

-- A booking under way by somebody whose address is not proven yet.  peer_mac and
-- contact_mac: keyed hashes of where it comes from and of the e-mail address, by
-- which those who take many are counted.
CREATE TABLE draft (
	token_hash	@BLOB@ PRIMARY KEY,
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	booking		BIGINT,
	practitioner	BIGINT NOT NULL,
	motive		BIGINT NOT NULL,
	start_at	BIGINT NOT NULL,
	moves		BIGINT,
	version		BIGINT NOT NULL,
	details_sealed	@BLOB@,
	peer_mac	@BLOB@ NOT NULL,
	contact_mac	@BLOB@,
	code_mac	@BLOB@,
	code_tries	BIGINT NOT NULL,
	code_until	BIGINT,
	proven		BIGINT NOT NULL,
	created_at	BIGINT NOT NULL,
	lapses_at	BIGINT NOT NULL
) @CLUSTERED@;

CREATE INDEX draft_by_end ON draft (lapses_at);
CREATE INDEX draft_by_peer ON draft (org, peer_mac);
CREATE INDEX draft_by_contact ON draft (contact_mac) WHERE contact_mac IS NOT NULL;

-- state: 1 invited, 2 active, 3 closed.  An account is a person of organisation 0.
CREATE TABLE account (
	id		BIGINT PRIMARY KEY,
	login_blind	@BLOB@ NOT NULL UNIQUE,
	version		BIGINT NOT NULL,
	identity_sealed	@BLOB@ NOT NULL,
	password_hash	TEXT NOT NULL,
	totp_sealed	@BLOB@,
	totp_step	BIGINT NOT NULL,
	state		BIGINT NOT NULL,
	lang		BIGINT NOT NULL,
	created_at	BIGINT NOT NULL,
	signed_in_at	BIGINT
);

CREATE TABLE membership (
	account		BIGINT NOT NULL,
	org		BIGINT NOT NULL,
	role		BIGINT NOT NULL,
	practitioner	BIGINT,
	person		BIGINT,
	created_at	BIGINT NOT NULL,
	ended_at	BIGINT,
	PRIMARY KEY (account, org, role)
) @CLUSTERED@;

CREATE INDEX membership_by_org ON membership (org, role);

CREATE TABLE recovery_code (
	account	BIGINT NOT NULL,
	hash	@BLOB@ NOT NULL,
	used_at	BIGINT,
	PRIMARY KEY (account, hash)
) @CLUSTERED@;

-- The columns that a member of staff wants to see, from the first on; without a row, all.
CREATE TABLE agenda_column (
	account		BIGINT NOT NULL,
	org		BIGINT NOT NULL,
	position	BIGINT NOT NULL,
	practitioner	BIGINT NOT NULL,
	PRIMARY KEY (account, org, position)
) @CLUSTERED@;

-- stage: 1 password given, factor awaited; 2 factor to enrol; 3 complete.
CREATE TABLE session (
	hash		@BLOB@ PRIMARY KEY,
	id		BIGINT NOT NULL,
	account		BIGINT NOT NULL,
	org		BIGINT NOT NULL,
	role		BIGINT NOT NULL,
	stage		BIGINT NOT NULL,
	device		TEXT NOT NULL,
	created_at	BIGINT NOT NULL,
	seen_at		BIGINT NOT NULL
) @CLUSTERED@;

CREATE INDEX session_by_account ON session (account);

-- A bearer token of one device.  scopes: bits, see access/token.h.
CREATE TABLE api_token (
	hash		@BLOB@ PRIMARY KEY,
	id		BIGINT NOT NULL,
	account		BIGINT NOT NULL,
	org		BIGINT NOT NULL,
	role		BIGINT NOT NULL,
	name		TEXT NOT NULL,
	scopes		BIGINT NOT NULL,
	created_at	BIGINT NOT NULL,
	seen_at		BIGINT,
	revoked_at	BIGINT
) @CLUSTERED@;

CREATE INDEX api_token_by_account ON api_token (account);

-- kind: 1 invitation, 2 new password, 3 sign-in code of a patient, 4 and 5 another address:
-- confirmed by the new mailbox, stopped by the old one.
CREATE TABLE ticket (
	hash		@BLOB@ PRIMARY KEY,
	id		BIGINT NOT NULL,
	kind		BIGINT NOT NULL,
	org		BIGINT NOT NULL,
	account		BIGINT,
	role		BIGINT NOT NULL,
	practitioner	BIGINT,
	detail_sealed	@BLOB@,
	code_mac	@BLOB@,
	tries		BIGINT NOT NULL,
	created_at	BIGINT NOT NULL,
	created_by	BIGINT,
	lapses_at	BIGINT NOT NULL,
	used_at		BIGINT
) @CLUSTERED@;

CREATE INDEX ticket_by_org ON ticket (org, kind);
CREATE INDEX ticket_by_account ON ticket (account) WHERE account IS NOT NULL;

-- Tries, by a keyed hash of what is tried (an address, a login): no name is kept.
CREATE TABLE throttle (
	key_mac		@BLOB@ PRIMARY KEY,
	tries		BIGINT NOT NULL,
	first_at	BIGINT NOT NULL,
	next_at		BIGINT NOT NULL
) @CLUSTERED@;

-- state: 1 waiting, 2 sent, 3 failed for good, 4 withdrawn.  org 0: the server's own.
CREATE TABLE outbox (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	kind		BIGINT NOT NULL,
	person		BIGINT NOT NULL,
	booking		BIGINT,
	payload_sealed	@BLOB@,
	state		BIGINT NOT NULL,
	attempts	BIGINT NOT NULL,
	next_at		BIGINT NOT NULL,
	claimed_until	BIGINT NOT NULL,
	last_code	BIGINT NOT NULL,
	created_at	BIGINT NOT NULL,
	sent_at		BIGINT,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

CREATE INDEX outbox_waiting ON outbox (next_at) WHERE state = 1;
CREATE INDEX outbox_by_booking ON outbox (org, booking);

-- Appointments of the organisation that begin until then have had their reminder scheduled.
CREATE TABLE reminded (
	org		BIGINT PRIMARY KEY,
	until_at	BIGINT NOT NULL
);

-- Something that a human must do.  kind: 1 a message could not be delivered.
CREATE TABLE task (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	kind		BIGINT NOT NULL,
	booking		BIGINT,
	outbox		BIGINT,
	created_at	BIGINT NOT NULL,
	done_at		BIGINT,
	done_by		BIGINT,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

CREATE INDEX task_open ON task (org) WHERE done_at IS NULL;

-- The log (docs/log.md).  seq, from 1, is given to changes and openings alike by the
-- sequencing job, in one order for the server.  policy: hash of the one in force then.
CREATE TABLE audit (
	id		BIGINT PRIMARY KEY,
	org		BIGINT NOT NULL,
	at		BIGINT NOT NULL,
	actor		BIGINT NOT NULL,
	role		BIGINT NOT NULL,
	purposes	BIGINT NOT NULL,
	action		TEXT NOT NULL,
	object		BIGINT NOT NULL,
	person		BIGINT NOT NULL,
	detail		BIGINT NOT NULL,
	policy		@BLOB@ NOT NULL,
	seq		BIGINT
) @CLUSTERED@;

-- Two partial ones: those without a place are found in the order of their ids, however many.
CREATE UNIQUE INDEX audit_by_place ON audit (seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_waiting ON audit (id) WHERE seq IS NULL;
CREATE INDEX audit_by_org ON audit (org, id);

-- The check of the whole log that an organisation asked for, and the last one that was
-- done.  seq: how far the one under way has come.  state: 1 under way, 2 whole,
-- 3 altered after line seq.
CREATE TABLE audit_check (
	org		BIGINT PRIMARY KEY,
	asked_at	BIGINT NOT NULL,
	asked_by	BIGINT NOT NULL,
	state		BIGINT NOT NULL,
	seq		BIGINT NOT NULL,
	done_at		BIGINT
);

CREATE INDEX audit_check_asked ON audit_check (asked_at) WHERE state = 1;

-- Who opened what about whom, and why.  persons: 8 bytes each, big-endian.
CREATE TABLE opening (
	id	BIGINT PRIMARY KEY,
	org	BIGINT NOT NULL,
	at	BIGINT NOT NULL,
	actor	BIGINT NOT NULL,
	role	BIGINT NOT NULL,
	purpose	BIGINT NOT NULL,
	facet	BIGINT NOT NULL,
	persons	@BLOB@ NOT NULL,
	policy	@BLOB@ NOT NULL,
	seq	BIGINT
) @CLUSTERED@;

CREATE UNIQUE INDEX opening_by_place ON opening (seq) WHERE seq IS NOT NULL;
CREATE INDEX opening_waiting ON opening (id) WHERE seq IS NULL;

-- The tree of the log: up to 256 hashes of 32 bytes, of subtrees of 256^level leaves.
-- They stay when the lines themselves are purged.
CREATE TABLE audit_tile (
	level	BIGINT NOT NULL,
	at	BIGINT NOT NULL,
	hashes	@BLOB@ NOT NULL,
	PRIMARY KEY (level, at)
);

-- Append-only: what the server has signed about its log.
CREATE TABLE audit_checkpoint (
	size	BIGINT PRIMARY KEY,
	at	BIGINT NOT NULL,
	note	TEXT NOT NULL
);

-- An answer that was given to a request which its client may repeat.
CREATE TABLE idempotency (
	org		BIGINT NOT NULL,
	actor		BIGINT NOT NULL,
	key_hash	@BLOB@ NOT NULL,
	request_hash	@BLOB@ NOT NULL,
	booking		BIGINT NOT NULL,
	at		BIGINT NOT NULL,
	PRIMARY KEY (org, actor, key_hash)
) @CLUSTERED@;

-- Jobs are claimed, so that any server may run them, once.
CREATE TABLE job (
	name		TEXT PRIMARY KEY,
	claimed_until	BIGINT NOT NULL,
	ran_at		BIGINT NOT NULL
);
