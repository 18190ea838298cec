#!/usr/bin/env python3
"""The template compiler: what it writes, and above all what it refuses (T10, ux-53)."""

import glob
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import templates  # noqa: E402

HEAD = "{# void page(struct out *o, const struct page *p) #}\n"


def compiled(body, name="ui/pages/x.html", directory="pages"):
    return templates.compile_template(HEAD + body, name, directory)


def written(code):
    """The literal text of a compiled template, outputs shown as <>."""
    text = []
    for line in code.splitlines():
        line = line.strip()
        if line.startswith("out_literal"):
            line = line[line.index('"'):]
        elif line.startswith("out_"):
            text.append("<>")
            continue
        elif not line.startswith('"'):
            continue
        text.append(line[1:line.rindex('"')].replace("\\n", "\n").replace('\\"', '"'))
    return "".join(text)


class Accepts(unittest.TestCase):
    def expect(self, body, call):
        self.assertIn(call, compiled(body))

    def test_output_in_text_and_quoted_values_is_escaped_by_type(self):
        self.expect("<p>{{ p->x }}</p>", "out_value(o, p->x);")
        self.expect('<p class="a {{ p->x }}"></p>', "out_value(o, p->x);")

    def test_output_in_a_url_is_percent_encoded(self):
        self.expect('<a href="/p/{{ p->x }}"></a>', "out_url_part(o, p->x);")
        self.expect('<a href="?d={{u p->x }}"></a>', "out_url_part(o, p->x);")
        self.expect('<a href="mailto:{{ p->x }}"></a>', "out_url_part(o, p->x);")

    def test_a_whole_url_is_checked_at_run_time(self):
        self.expect('<a href="{{url p->x }}#a"></a>', "out_url_local(o, p->x);")
        self.expect('<a href="{{link p->x }}"></a>', "out_url_foreign(o, p->x);")

    def test_a_telephone_number_keeps_its_digits_only(self):
        self.expect('<a href="tel:{{ p->x }}"></a>', "out_tel(o, p->x);")

    def test_a_url_may_be_chosen_in_branches_that_both_begin_it(self):
        self.expect('<a href="{% if (c) %}{{url a }}{% else %}/{% end %}"></a>', "out_url_local(o, a);")

    def test_messages_carry_their_arguments(self):
        self.expect('<p>{{_ "Hello" }}</p>', 'out_value(o, text(o->lang, "Hello"));')
        self.expect('<p>{{_ "Hi {who}, {n}" who=f(a, b) n=p->n == 1 }}</p>',
                    '(struct text_arg[]){ OUT_ARG(o, "who", (f(a, b))), OUT_ARG(o, "n", (p->n == 1)) }, 2')
        self.expect('<p>{{n "{n} day" "{n} days" p->n }}</p>',
                    'text_n_fill(o->mem, o->lang, (struct text_plural){ "{n} day", "{n} days", (int64_t)(p->n) }, NULL, 0)')

    def test_errors_in_c_name_the_template_line(self):
        self.assertIn('#line 4 "ui/pages/x.html"\n\tout_value(o, p->x);', compiled("\n<p>\n{{ p->x }}</p>"))

    def test_attributes_may_depend_on_conditions(self):
        code = compiled('<li{% if (c) %} aria-current="page"{% end %}>{{ x }}</li>')
        self.assertEqual(written(code), '<li aria-current="page"><></li>')

    def test_a_marked_function_writes_attributes(self):
        templates.compile_template(
            "{# static void at(struct out *o) #}{~ attributes ~}\n class=\"a\"\n"
            "{# void f(struct out *o) #}\n<p{% call at(o) %}></p>", "x.html")

    def test_an_open_function_leaves_its_tags_to_another(self):
        code = templates.compile_template(
            "{# void b(struct out *o) #}{~ open ~}\n<main><p>\n"
            "{# void e(struct out *o) #}{~ open ~}\n</p></main>", "x.html")
        self.assertEqual(written(code), "<main><p></p></main>")

    def test_white_space_beside_blocks_vanishes_and_between_words_stays(self):
        code = compiled("<ul>\n\t<li>\n\t\t<b>{{ x }}</b>\n\t\t<i>{{ y }}</i>\n\t</li>\n</ul>\n")
        self.assertEqual(written(code), "<ul><li><b><></b>\n<i><></i></li></ul>")

    def test_white_space_in_a_textarea_is_kept(self):
        code = compiled("<textarea>\n  {{ x }}</textarea>")
        self.assertEqual(written(code), "<textarea>\n  <></textarea>")

    def test_quotes_and_backslashes_survive_in_c(self):
        self.assertIn(r'"<p class=\"a\\b\">"', compiled('<p class="a\\b"></p>').replace("</p>", ""))

    def test_a_plain_text_mail_is_not_escaped(self):
        code = compiled("{{_ \"Hello\" }} <{{ p->x }}>\n{% if (c) %}\nhttps://x.example/{{u p->t }}\n{% end %}\nEnd\n",
                        "ui/mail/x.txt", "mail")
        self.assertIn("out_plain(o, p->x);", code)
        self.assertEqual(written(code), "<> <<>>\nhttps://x.example/<>\nEnd\n")

    def test_a_mail_may_carry_styles_and_absolute_links(self):
        compiled('<p style="color:#000"><a href="https://x.example/{{ t }}">{{_ "Go" }}</a></p>',
                 "ui/mail/x.html", "mail")


class Refuses(unittest.TestCase):
    def expect(self, body, words, line=2, **where):
        with self.assertRaises(templates.TemplateError) as caught:
            compiled(body, **where)
        self.assertIn(words, str(caught.exception))
        self.assertEqual(caught.exception.line, line)

    def test_output_where_escaping_could_not_make_it_safe(self):
        self.expect("<p class={{ x }}></p>", "unquoted")
        self.expect("<{{ x }}></p>", "tag name")
        self.expect("<p {{ x }}></p>", "outside a quoted value")
        self.expect('<p data-{{ x }}="1"></p>', "outside a quoted value")
        self.expect('<p onclick="{{ x }}"></p>', "onclick=")
        self.expect('<p ONCLICK="f()"></p>', "onclick=")
        self.expect('<p style="{{ x }}"></p>', "style=")
        self.expect('<iframe srcdoc="{{ x }}"></iframe>', "srcdoc=")
        self.expect("<script>{{ x }}</script>", "output in <script>")
        self.expect("<style>{{ x }}</style>", "output in <style>")
        self.expect("<script>alert(1)</script>", "inline <script>")
        self.expect('<p style="color:{{ x }}"></p>', "style=", directory="mail")

    def test_urls_that_our_own_text_does_not_begin(self):
        self.expect('<a href="{{ x }}"></a>', "begins with our own text")
        self.expect('<a href="{{u x }}"></a>', "begins with our own text")
        self.expect('<a href="javascript:f()"></a>', "begins with '/'")
        self.expect('<a href="//evil.example"></a>', "begins with '/'")
        self.expect('<img src="https://evil.example/x.png" alt="">', "begins with '/'")
        self.expect('<form action="agenda"></form>', "begins with '/'")
        self.expect('<a href="/x{{url y }}"></a>', "cannot follow")
        self.expect('<a href="/{{_ "Hello" }}"></a>', "no URL")
        self.expect('<a href="{% if (c) %}/x{% end %}{{ y }}"></a>', "leave different tags")

    def test_tags_that_do_not_balance_in_every_way(self):
        self.expect("<p>", "never closed")
        self.expect("</p>", "closes nothing")
        self.expect("<p><b></p></b>", "</p> closes <b>")
        self.expect("{% if (c) %}<p>{% end %}", "leave different tags")
        self.expect("{% if (c) %}<p>{% else %}<div>{% end %}", "leave different tags")
        self.expect("{% for (;;) %}<p>{% end %}", "leave different tags")
        self.expect("<div/>", "does not close")
        self.expect("<p class=\"a", "ends inside <p>")
        self.expect("<!-- x -->", "no HTML comments")
        self.expect('<p class="a"id="b"></p>', "begins with a space")
        self.expect("<sel{% if (c) %}ect{% end %}></sel>", "begins with a space")

    def test_words_in_one_language_only(self):
        self.expect("<p>\nBonjour</p>", "text outside {{_ }}", line=3)
        self.expect('<img src="/x" alt="Plan">', "text outside {{_ }} in alt=")
        compiled("<p>Serment – <kbd>Ctrl</kbd> &amp; 12</p>")

    def test_directives_that_make_no_sense(self):
        self.expect("{% if c %}{% end %}", "parentheses")
        self.expect("{% end %}", "end without")
        self.expect("{% else %}", "else without")
        self.expect("{% if (c) %}", "has no {% end %}")
        self.expect("{% while (c) %}{% end %}", "unknown directive")
        self.expect("{{p->x}}", "followed by a space")
        self.expect("{{ }}", "nothing between")
        self.expect('{{_ "Hello {who}" }}', "placeholders and arguments differ: who")
        self.expect('{{_ "Hello" who=x }}', "placeholders and arguments differ: who")
        self.expect('{{n "{n} day" "{n} days" }}', "needs a number")
        self.expect("<p>{{ x </p>", "never closed")
        self.expect("<p{% call f(o) %}></p>", "between tags")
        self.expect("{{url x }}", "no meaning in plain text", name="x.txt")

    def test_a_file_that_is_no_template(self):
        for source in ("", "text", "{{ x }}", "{# int f(void) #}"):
            with self.assertRaises(templates.TemplateError):
                templates.compile_template(source, "x.html")


class CommandLine(unittest.TestCase):
    def test_a_mistake_is_named_by_file_and_line_and_leaves_no_output(self):
        with tempfile.TemporaryDirectory() as directory:
            page, out = os.path.join(directory, "bad.html"), os.path.join(directory, "bad.c")
            with open(page, "w", encoding="utf-8") as file:
                file.write(HEAD + "<p>\n<a href={{ x }}></a></p>")
            run = subprocess.run([sys.executable, os.path.join(ROOT, "tools/templates.py"),
                                  "--root", directory, page, out], capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stderr),
                             (1, "bad.html:3: output in an unquoted attribute: href=\n"))
            self.assertFalse(os.path.exists(out))

    def test_every_page_of_the_program_compiles(self):
        pages = glob.glob(os.path.join(ROOT, "ui/pages/*")) + glob.glob(os.path.join(ROOT, "ui/mail/*"))
        self.assertTrue(pages)
        for path in pages:
            with open(path, encoding="utf-8") as file:
                templates.compile_template(file.read(), path, os.path.basename(os.path.dirname(path)))


if __name__ == "__main__":
    unittest.main(verbosity=1)
