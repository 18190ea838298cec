/* tongue.c - see tongue.h. */
#include "format/text.h"
#include "web/tongue.h"

const struct tongue tongues[] = {
	{ "fr", T("French") }, { "ar", T("Arabic") }, { "bg", T("Bulgarian") }, { "br", T("Breton") },
	{ "cs", T("Czech") }, { "da", T("Danish") }, { "de", T("German") }, { "el", T("Greek") },
	{ "en", T("English") }, { "es", T("Spanish") }, { "eu", T("Basque") }, { "fa", T("Persian") },
	{ "he", T("Hebrew") }, { "hu", T("Hungarian") }, { "hy", T("Armenian") }, { "it", T("Italian") },
	{ "ja", T("Japanese") }, { "ko", T("Korean") }, { "nl", T("Dutch") }, { "pl", T("Polish") },
	{ "pt", T("Portuguese") }, { "ro", T("Romanian") }, { "ru", T("Russian") }, { "sr", T("Serbian") },
	{ "sv", T("Swedish") }, { "tr", T("Turkish") }, { "uk", T("Ukrainian") }, { "vi", T("Vietnamese") },
	{ "zh", T("Chinese") },
};
const size_t tongues_n = COUNT(tongues);

str
tongue_name(enum lang lang, str code)
{
	for (size_t i = 0; i < COUNT(tongues); i++)
		if (str_eq(code, str_c(tongues[i].code)))
			return text(lang, tongues[i].name);
	return code;
}
