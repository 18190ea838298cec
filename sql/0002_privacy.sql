-- What people agreed to, asked for and were promised.  Ledgers: rows are added, never changed.

-- The very words that somebody was shown before agreeing, by their hash.
CREATE TABLE consent_text (
	hash		@BLOB@ PRIMARY KEY,
	lang		BIGINT NOT NULL,
	body		TEXT NOT NULL,
	first_at	BIGINT NOT NULL
) @CLUSTERED@;

-- act: 1 given, 2 withdrawn.  The newest row of a person and a purpose counts.
CREATE TABLE consent (
	org		BIGINT NOT NULL,
	person		BIGINT NOT NULL,
	purpose		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	act		BIGINT NOT NULL,
	text_hash	@BLOB@,
	policy_hash	@BLOB@ NOT NULL,
	source		BIGINT NOT NULL,
	at		BIGINT NOT NULL,
	actor		BIGINT NOT NULL,
	role		BIGINT NOT NULL,
	PRIMARY KEY (org, person, purpose, id)
) @CLUSTERED@;

-- Persons whose data are kept and not processed (GDPR 18), while a row stands.
CREATE TABLE restriction (
	org	BIGINT NOT NULL,
	person	BIGINT NOT NULL,
	since	BIGINT NOT NULL,
	reason	BIGINT NOT NULL,
	PRIMARY KEY (org, person)
) @CLUSTERED@;

-- Somebody of the staff read more strangers' files than the promise allows.
-- kind: 1 a proof was asked, 2 reading was stopped until ended_at.
CREATE TABLE reading_alarm (
	org		BIGINT NOT NULL,
	id		BIGINT NOT NULL,
	actor		BIGINT NOT NULL,
	kind		BIGINT NOT NULL,
	strangers	BIGINT NOT NULL,
	at		BIGINT NOT NULL,
	told_at		BIGINT,
	ended_at	BIGINT,
	ended_by	BIGINT,
	PRIMARY KEY (org, id)
) @CLUSTERED@;

CREATE INDEX reading_alarm_open ON reading_alarm (org, actor) WHERE ended_at IS NULL;

-- Every policy that was in force here, word for word: they stay published.
CREATE TABLE policy_version (
	hash		@BLOB@ PRIMARY KEY,
	number		BIGINT NOT NULL,
	title		TEXT NOT NULL,
	dated		TEXT NOT NULL,
	body		TEXT NOT NULL,
	adopted_at	BIGINT NOT NULL,
	adopted_order	BIGINT NOT NULL UNIQUE
) @CLUSTERED@;
