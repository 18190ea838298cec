-- Group sessions of a motive in a range of time: slots are offered by it.
CREATE INDEX booking_sessions ON booking (org, motive, start_at) WHERE kind = 3;
