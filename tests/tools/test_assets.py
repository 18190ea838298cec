#!/usr/bin/env python3
"""What browsers fetch: budgets, no foreign host, and committed files that are not stale."""

import os
import re
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import assets  # noqa: E402


class Assets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shelf = assets.Shelf(ROOT)

    def compressed(self, name):
        return len(assets.brotli(self.shelf.read(name)))

    def test_styles_keep_their_budgets(self):
        self.assertLessEqual(self.compressed("public.css"), 6 * 1024)
        self.assertLessEqual(self.compressed("staff.css"), 8 * 1024)

    def test_the_script_of_every_staff_page_keeps_its_budget(self):
        self.assertLessEqual(self.compressed("frag.js"), 3 * 1024)

    def test_font_and_icons_keep_their_budget(self):
        self.assertLessEqual(len(self.shelf.read("hyperlegible-latin.woff2")) + self.compressed("icons.svg"), 22 * 1024)

    def test_nothing_is_fetched_from_another_host(self):
        for name in self.shelf.paths:
            if name.endswith((".css", ".js", ".webmanifest")):
                text = self.shelf.read(name).decode()
                self.assertNotRegex(text, r"(?:https?:)?//[a-z]", name)
                self.assertNotIn("asset(", text, name)

    def test_every_class_of_the_agenda_is_written_out(self):
        style = self.shelf.read("staff.css").decode()
        for rule in (".s0{--s:0}", ".s287{--s:287}", ".d1{--d:1}", ".d288{--d:288}",
                     ".from23{", ".to24{", ".ag.c12{"):
            self.assertIn(rule, style)
        self.assertNotIn("@repeat", style)
        self.assertNotIn("@import", style)

    def test_lightening_a_style_keeps_its_meaning(self):
        self.assertEqual(assets.lighten("x.css", "/* a */\n.a > .b :focus {\n\tcolor: red;\n\tinline-size: calc(1px + 2px);\n}\n"),
                         ".a > .b :focus{color:red;inline-size:calc(1px + 2px)}\n")

    def test_a_url_changes_with_the_content(self):
        other = assets.Shelf(ROOT)
        other.content["public.css"] = b"a{}"
        self.assertRegex(other.url("public.css"), r"^/a/public\.[0-9a-f]{10}\.css$")
        self.assertNotEqual(other.url("public.css"), self.shelf.url("public.css"))
        self.assertEqual(self.shelf.url("favicon.svg"), "/favicon.svg")

    def test_an_unknown_asset_is_refused(self):
        with self.assertRaises(assets.AssetError):
            self.shelf.url("nothing.css")

    def test_every_icon_that_is_named_is_in_the_sprite(self):
        assets.check_icons(ROOT, self.shelf.read("icons.svg"))
        with self.assertRaises(assets.AssetError):
            assets.check_icons(ROOT, b"<svg></svg>")

    def test_the_table_is_sorted_for_its_search(self):
        paths = re.findall(r'^\t\{ "([^"]+)"', assets.c_table(self.shelf), re.M)
        self.assertEqual((paths, len(paths)), (sorted(paths), len(self.shelf.paths)))

    @unittest.skipUnless(os.path.isdir(os.path.join(ROOT, assets.NODE)), "no node_modules: make deps-test")
    def test_committed_icons_and_font_are_what_their_sources_give(self):
        for name, data in assets.built_files(ROOT).items():
            with open(os.path.join(ROOT, "ui/assets/built", name), "rb") as file:
                self.assertEqual(file.read(), data, name)


if __name__ == "__main__":
    unittest.main(verbosity=1)
