/*
 * word_tags.h - the numbers of the words of words.def and fields.def.  They are
 * of this program only: what is stored and compared between policies is the word.
 */
#ifndef WORD_TAGS_H
#define WORD_TAGS_H

/* enum subject_word { SUBJECT_PATIENT, ..., SUBJECT_COUNT } and so on. */
enum subject_word {
#define SUBJECT(tag, ...) SUBJECT_##tag,
#include "oath/words.def"
	SUBJECT_COUNT
};
enum reader_word {
#define READER(tag, ...) READER_##tag,
#include "oath/words.def"
	READER_COUNT
};
enum basis_word {
#define BASIS(tag, ...) BASIS_##tag,
#include "oath/words.def"
	BASIS_COUNT
};
enum condition_word {
#define CONDITION(tag, ...) CONDITION_##tag,
#include "oath/words.def"
	CONDITION_COUNT
};
enum event_word {
#define EVENT(tag, ...) EVENT_##tag,
#include "oath/words.def"
	EVENT_COUNT
};
enum period_word {
#define PERIOD(tag, ...) PERIOD_##tag,
#include "oath/words.def"
	PERIOD_COUNT
};
enum mechanism_word {
#define MECHANISM(tag, ...) MECHANISM_##tag,
#include "oath/words.def"
	MECHANISM_COUNT
};
enum right_word {
#define RIGHT(tag, ...) RIGHT_##tag,
#include "oath/words.def"
	RIGHT_COUNT
};
enum cookie_kind_word {
#define COOKIE_KIND(tag, ...) COOKIE_KIND_##tag,
#include "oath/words.def"
	COOKIE_KIND_COUNT
};
enum cookie_name_word {
#define COOKIE_NAME(tag, ...) COOKIE_NAME_##tag,
#include "oath/words.def"
	COOKIE_NAME_COUNT
};
enum held_word {
#define HELD(tag, ...) HELD_##tag,
#include "oath/words.def"
	HELD_COUNT
};
enum vow_word {
#define VOW(tag, ...) VOW_##tag,
#include "oath/words.def"
	VOW_COUNT
};
enum aim_word {
#define AIM(tag, ...) AIM_##tag,
#include "oath/words.def"
	AIM_COUNT
};
enum limit_word {
#define LIMIT(tag, ...) LIMIT_##tag,
#include "oath/words.def"
	LIMIT_COUNT
};
enum authority_word {
#define AUTHORITY(tag, ...) AUTHORITY_##tag,
#include "oath/words.def"
	AUTHORITY_COUNT
};
enum channel_word {
#define CHANNEL(tag, ...) CHANNEL_##tag,
#include "oath/words.def"
	CHANNEL_COUNT
};
enum content_word {
#define CONTENT(tag, ...) CONTENT_##tag,
#include "oath/words.def"
	CONTENT_COUNT
};
enum standing_word {
#define STANDING(tag, ...) STANDING_##tag,
#include "oath/words.def"
	STANDING_COUNT
};
enum trade_word {
#define TRADE(tag, ...) TRADE_##tag,
#include "oath/words.def"
	TRADE_COUNT
};
enum factor_word {
#define FACTOR(tag, ...) FACTOR_##tag,
#include "oath/words.def"
	FACTOR_COUNT
};
enum way_word {
#define WAY(tag, ...) WAY_##tag,
#include "oath/words.def"
	WAY_COUNT
};
enum pixel_word {
#define PIXEL(tag, ...) PIXEL_##tag,
#include "oath/words.def"
	PIXEL_COUNT
};
enum disposal_word {
#define DISPOSAL(tag, ...) DISPOSAL_##tag,
#include "oath/words.def"
	DISPOSAL_COUNT
};
enum share_word {
#define SHARE(tag, ...) SHARE_##tag,
#include "oath/words.def"
	SHARE_COUNT
};
enum change_word {
#define CHANGE(tag, ...) CHANGE_##tag,
#include "oath/words.def"
	CHANGE_COUNT
};
enum answer_word {
#define ANSWER(tag, ...) ANSWER_##tag,
#include "oath/words.def"
	ANSWER_COUNT
};
enum scope_word {
#define SCOPE(tag, ...) SCOPE_##tag,
#include "oath/words.def"
	SCOPE_COUNT
};
enum decision_word {
#define DECISION(tag, ...) DECISION_##tag,
#include "oath/words.def"
	DECISION_COUNT
};
enum need_word {
#define NEED(tag, ...) NEED_##tag,
#include "oath/words.def"
	NEED_COUNT
};
enum tongue_word {
#define TONGUE(tag, ...) TONGUE_##tag,
#include "oath/words.def"
	TONGUE_COUNT
};
enum after_death_word {
#define AFTER_DEATH(tag, ...) AFTER_DEATH_##tag,
#include "oath/words.def"
	AFTER_DEATH_COUNT
};
enum age_word {
#define AGE(tag, ...) AGE_##tag,
#include "oath/words.def"
	AGE_COUNT
};
enum record_word {
#define RECORD(table, ...) RECORD_##table,
#include "oath/fields.def"
	RECORD_COUNT
};
enum field {
#define FIELD(table, name, ...) FIELD_##table##_##name,
#include "oath/fields.def"
	FIELD_COUNT
};

#endif
