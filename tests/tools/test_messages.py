#!/usr/bin/env python3
"""The translations' checker: what would fail the build, and what it typesets."""

import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import messages  # noqa: E402

NBSP, NARROW = messages.NBSP, messages.NARROW


def po(text):
    return messages.parse_po(text, "x.po")


def faults(used, fr, en=None):
    """What the checker says when the French file holds this."""
    english = {id: messages.Entry(id, plural, [id, plural] if plural else [id])
               for id, (plural, _) in used.items()} if en is None else po(en)
    return [f.split(": ", 1)[-1] for f in messages.faults(used, {"fr": po(fr), "en": english})]


class Reading(unittest.TestCase):
    def test_a_po_file_reads_back_as_it_was_written(self):
        entries = {e.id: e for e in (messages.Entry('a "b"\n\\', forms=["é\t"]),
                                     messages.Entry("{n} x", "{n} xs", ["un", "des"]))}
        back = po(messages.format_po("fr", entries))
        self.assertEqual([(e.id, e.plural, e.forms) for e in back.values()],
                         [('a "b"\n\\', "", ["é\t"]), ("{n} x", "{n} xs", ["un", "des"])])

    def test_strings_continue_on_the_next_line(self):
        self.assertEqual(po('msgid ""\n"a "\n"b"\nmsgstr "c"\n" d"\n')["a b"].forms, ["c d"])

    def test_nonsense_and_repetition_are_named_by_line(self):
        for text, words in (("msgid a", "x.po:1"), ('msgstr "a"', "before the first msgid"),
                            ('msgid "a"\nmsgstr "b"\nmsgid "a"\nmsgstr "c"', "x.po:3"),
                            ('#~ msgid "old"', "x.po:1")):
            with self.assertRaisesRegex(messages.PoError, words):
                po(text)

    def test_ids_are_found_in_c_but_not_in_its_comments(self):
        found = list(messages.ids_of_c('/* T("no") */ x = T("a \\"b\\"" " c"); // T("no")\n'
                                       'url = "http://x"; TN("{n} d", "{n} ds") SAY("e") NOT("f")'))
        self.assertEqual(found, [('a "b" c', "", 1), ("{n} d", "{n} ds", 2), ("e", "", 2)])

    def test_ids_are_found_in_output_and_in_directives(self):
        found = list(messages.ids_of_template('{{_ "a" }}\n{% call f(o, SAY("b")) %}{{n "c" "d" 2 }}'))
        self.assertEqual(sorted(found), [("a", "", 1), ("b", "", 2), ("c", "d", 2)])


class Checking(unittest.TestCase):
    used = {"Save {x}": ("", "p.html:1")}

    def test_a_complete_file_passes(self):
        self.assertEqual(faults(self.used, 'msgid "Save {x}"\nmsgstr "Enregistrer {x}"'), [])

    def test_missing_empty_fuzzy_and_unused_entries_fail(self):
        self.assertIn("is missing", faults(self.used, "")[0])
        self.assertIn("no translation", faults(self.used, 'msgid "Save {x}"\nmsgstr ""')[0])
        self.assertIn("fuzzy", faults(self.used, '#, fuzzy\nmsgid "Save {x}"\nmsgstr "{x}"')[0])
        self.assertIn("used nowhere", faults({}, 'msgid "Old"\nmsgstr "Vieux"')[0])

    def test_other_placeholders_fail(self):
        self.assertIn("placeholders", faults(self.used, 'msgid "Save {x}"\nmsgstr "Enregistrer {y}"')[0])
        self.assertIn("placeholders", faults(self.used, 'msgid "Save {x}"\nmsgstr "Enregistrer"')[0])

    def test_a_format_chooses_among_what_is_offered(self):
        used = {"format: {h} {hh}": ("", "t.c:1")}
        english = 'msgid "format: {h} {hh}"\nmsgstr "{hh}"'
        self.assertEqual(faults(used, 'msgid "format: {h} {hh}"\nmsgstr "{h} h"', english), [])
        self.assertIn("unknown", faults(used, 'msgid "format: {h} {hh}"\nmsgstr "{m}"', english)[0])

    def test_the_french_singular_is_said_of_zero_too(self):
        used = {"one day": ("{n} days", "p.html:1")}
        start = 'msgid "one day"\nmsgid_plural "{n} days"\nmsgstr[1] "{n} jours"\nmsgstr[0] '
        self.assertIn("also said of 0", faults(used, start + '"un jour"')[0])
        self.assertEqual(faults(used, start + '"{n} jour"'), [])

    def test_french_typography_is_checked(self):
        for bad in ("l'heure", "Quoi ?", "Quoi?", "Nom : x", "Nom: x", "« x »", "Attendez...", '"x"'):
            self.assertTrue(list(messages.french_faults(bad)), bad)
        for good in (f"L’heure{NARROW}?!", f"Nom{NBSP}: x", f"«{NBSP}x{NBSP}»", "8:30", "https://x.fr/?a;b", "{a}…"):
            self.assertEqual(list(messages.french_faults(good)), [], good)

    def test_what_is_typed_on_a_keyboard_is_typeset(self):
        for typed in ("l'heure ?", "Quoi?!", 'Nom : « x »', "Non... Oui!", "Nom:x;y"):
            self.assertEqual(list(messages.french_faults(messages.typeset(typed))), [], typed)
        self.assertEqual(messages.typeset("L'avez-vous lu ?"), f"L’avez-vous lu{NARROW}?")


class Table(unittest.TestCase):
    def test_the_table_is_sorted_as_strcmp_sorts(self):
        used = {"é": ("", ""), "z": ("", ""), "Z {a}": ("", ""), "a": ("", "")}
        code = messages.table(used, {"fr": {}, "en": {}})
        ids = [line.split('"')[1] for line in code.splitlines() if line.startswith("\t{")]
        self.assertEqual(ids, ["Z {a}", "a", "z", "é"])

    def test_two_writers_do_not_lose_entries(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "ui/lang"))
            for lang in messages.LANGS:
                open(messages.po_path(root, lang), "w", encoding="utf-8").close()
            for id in ("a", "b"):
                with messages.editing(root) as files:
                    messages.add_missing(files, {id: ("", "")})
            back = messages.read_po(root)
            self.assertEqual((list(back["fr"]), back["en"]["a"].forms), (["a", "b"], ["a"]))


class Program(unittest.TestCase):
    def test_the_program_is_complete_in_both_languages(self):
        used, mistakes = messages.collect(ROOT)
        self.assertEqual(mistakes + list(messages.faults(used, messages.read_po(ROOT))), [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
