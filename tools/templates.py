#!/usr/bin/env python3
"""Compile a page of ui/pages or ui/mail into C functions.

    templates.py [--root DIR] INPUT OUTPUT.c

Syntax (docs/templates.md shows it at work):

    {! C lines !}                 copied to file level: includes
    {# void page_x(struct out *o, const struct x *p) #}
                                  begins a function; it ends at the next {# or at the end
    {~ open ~}                    after {# #}: tags may stay open (layout_begin, layout_end)
    {~ attributes ~}              after {# static ... #}: writes attributes, to be called inside
                                  the tags of this file
    {{ expr }}                    output, escaped by type: str, const char *, any integer;
                                  struct html as it is.  In href, src, action: percent-encoded,
                                  and after tel: digits only
    {{u expr }}                   one component of a URL, percent-encoded
    {{url expr }}                 a whole local URL: begins with one '/', else "/" is written
    {{link expr }}                a whole foreign URL: begins with https:// or http://
    {{icon name }}                an icon of the sprite, hidden from screen readers
    {{_ "Hello" }}                translated;  {{_ "Hello {who}" who=p->who }}
    {{n "{n} slot" "{n} slots" p->count }}   plural; further name=expr may follow
    {% if (c) %} {% elif (c) %} {% else %} {% for (...) %} {% end %}
    {% let const struct y *y = &p->list[i] %}   a local name, to the end of its block
    {% call f(o, ...) %}          another template or a C function that writes to o
    {- comment -}

The scanner follows the HTML around every {{ }} and refuses, with file:line, what
escaping could not make safe: output in a tag or attribute name, an unquoted value,
<script>, <style>, on*= or style=, and a URL that our own text does not begin.
Tags must balance in every branch.  Words outside {{_ }} are refused too, so that
no sentence is left in one language.  A .txt template is plain text: no escaping.
"""

import argparse
import os
import re
import sys
from dataclasses import dataclass, field, replace

VOID = set("area base br col embed hr img input link meta source track wbr".split())
RAW = {"script", "style"}
VERBATIM = {"pre", "textarea"}
# Around these a line break is no space that anybody sees.
BLOCK = set("""address article aside base blockquote body br caption col colgroup dd details dialog
    div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html
    legend li link main meta nav noscript ol optgroup option p pre script search section style
    summary table tbody td template tfoot th thead title tr ul""".split())
UNTRANSLATED = {"kbd", "code", "samp"}
URL_ATTRIBUTES = set("action cite data formaction href poster src xlink:href".split())
SPOKEN_ATTRIBUTES = set("alt aria-description aria-label aria-roledescription placeholder title".split())
BRAND = "Serment"
LITERAL_CHARS_MAX = 1000    # ISO C promises string literals of 4095 bytes: 4 a character

TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{!.*?!\}|\{-.*?-\}|\{~.*?~\}", re.S)
OPENING = re.compile(r"\{[{%#!~-]")
C_STRING = re.compile(r'\s*"((?:[^"\\\n]|\\.)*)"')
NAMED = re.compile(r"(?:^|\s)([a-z_][a-z0-9_]*)=(?!=)")
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
WORD = re.compile(r"[^\W\d_]{2,}")


class TemplateError(Exception):
    """A mistake of the template's author, with the line where it shows."""

    def __init__(self, line, message):
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Token:
    kind: str       # 'text', or the character after the brace: { % # ! - ~
    body: str
    line: int


def tokens(source):
    """Split the file into literal text and directives; line numbers are kept."""
    at, line = 0, 1
    for m in TOKEN.finditer(source):
        if m.start() > at:
            yield Token("text", source[at:m.start()], line)
        line += source.count("\n", at, m.start())
        yield Token(m.group()[1], m.group()[2:-2], line)
        line += m.group().count("\n")
        at = m.end()
    if at < len(source):
        yield Token("text", source[at:], line)


# --- what stands between {{ and }} -------------------------------------------------

@dataclass(frozen=True)
class Output:
    """One {{ }}: what it says and how it is written."""
    how: str                    # value u url link icon _ n
    expr: str = ""
    message: str = ""
    plural: str = ""
    args: tuple = ()            # (name, C expression)


def unquote(literal):
    return literal.replace('\\"', '"').replace("\\\\", "\\")


def take_string(rest, line, what):
    m = C_STRING.match(rest)
    if not m:
        raise TemplateError(line, f"{what} needs a message in double quotes")
    return unquote(m.group(1)), rest[m.end():]


def depth_zero(rest):
    """The text with everything in quotes, (), [] and {} blanked: positions stay."""
    shown, depth, quote, i = [], 0, "", 0
    while i < len(rest):
        c = rest[i]
        if quote:
            if c == "\\":
                shown.append("#")
                i += 1
            elif c == quote:
                quote = ""
            shown.append("#")
        elif c in "\"'":
            quote = c
            shown.append("#")
        else:
            depth -= c in ")]}"
            shown.append(c if depth == 0 else "#")
            depth += c in "([{"
        i += 1
    return "".join(shown)


def named_arguments(rest, line):
    """Split 'expr a=x b=y' into the leading expression and the (name, expression) pairs."""
    marks = list(NAMED.finditer(depth_zero(rest)))
    lead = rest[:marks[0].start()].strip() if marks else rest.strip()
    pairs = []
    for i, m in enumerate(marks):
        end = marks[i + 1].start() if i + 1 < len(marks) else len(rest)
        value = rest[m.end():end].strip()
        if not value:
            raise TemplateError(line, f"{m.group(1)}= has no value")
        pairs.append((m.group(1), value))
    return lead, tuple(pairs)


def parse_output(body, line):
    m = re.match(r"(_|n|u|url|link|icon)?(?=\s)", body)
    if not m:
        raise TemplateError(line, "{{ is followed by a space, or by one of _ n u url link icon")
    how, rest = m.group(1) or "value", body[m.end():].strip()
    if not rest:
        raise TemplateError(line, "nothing between {{ and }}")
    if how == "icon" and not re.fullmatch(r"[a-z0-9-]+", rest):
        raise TemplateError(line, "{{icon }} takes the plain name of an icon")
    if how not in "_n":
        return Output(how, rest)
    message, rest = take_string(rest, line, "{{" + how)
    plural = ""
    if how == "n":
        plural, rest = take_string(rest, line, "the plural of {{n")
    expr, args = named_arguments(rest, line)
    if (how == "n") != bool(expr):
        raise TemplateError(line, "{{n needs a number after its two messages" if how == "n"
                            else f"do not understand {expr!r} after the message")
    wanted = set(PLACEHOLDER.findall(message + plural)) - ({"n"} if how == "n" else set())
    given = {name for name, _ in args}
    if wanted != given:
        raise TemplateError(line, "placeholders and arguments differ: "
                            + ", ".join(sorted(wanted ^ given)))
    return Output(how, expr, message, plural, args)


# --- the state of the HTML around a place ------------------------------------------

@dataclass(frozen=True)
class State:
    mode: str = "text"          # text tag name equals value raw markup
    quote: str = ""
    tag: str = ""
    closing: bool = False
    slash: bool = False         # <x .../
    attribute: str = ""
    url: str = ""               # in a URL attribute: '' nothing yet, or how it begins
    stack: tuple = ()           # open tags with their lines; lines do not count when compared
    unopened: tuple = ()        # closed without having been opened (open functions only)

    def same_as(self, other):
        bare = lambda s: replace(s, stack=tuple(t for t, _ in s.stack))
        return bare(self) == bare(other)


class Html:
    """Follows literal HTML, drops white space that nobody sees, refuses the unsafe."""

    def __init__(self, is_mail=False, is_open=False):
        self.state = State()
        self.is_mail = is_mail
        self.is_open = is_open
        self.after_block = True     # a line break here would not be seen
        self.line = 1

    def fail(self, message):
        raise TemplateError(self.line, message)

    def set(self, **changes):
        self.state = replace(self.state, **changes)

    def inside(self, names):
        return any(tag in names for tag, _ in self.state.stack)

    def feed(self, text, line):
        """Literal text in, the text to write out."""
        self.line = line
        self.written = []
        step = {"text": self.in_text, "tag": self.in_tag, "name": self.in_name,
                "equals": self.in_equals, "value": self.in_value, "raw": self.in_raw,
                "markup": self.in_markup}
        i = 0
        while i < len(text):
            n = step[self.state.mode](text, i)
            self.line += text.count("\n", i, i + n)
            i += n
        return "".join(self.written)

    def put(self, text):
        self.written.append(text)
        if text:
            self.after_block = False

    # Each in_* eats some characters at text[i] and says how many.

    def in_text(self, text, i):
        if text[i] == "<":
            return self.begin_tag(text, i)
        end = text.find("<", i)
        run = text[i:end if end >= 0 else len(text)]
        if self.inside(VERBATIM):
            self.put(run)
            return len(run)
        words = run.replace(BRAND, "")
        if WORD.search(re.sub(r"&\w+;", "", words)) and not self.inside(UNTRANSLATED):
            self.line += len(run[:len(run) - len(run.lstrip())].split("\n")) - 1
            self.fail(f'text outside {{{{_ }}}}: "{" ".join(words.split())[:40]}"')
        self.put_spaced(run, text[i + len(run):i + len(run) + 12])
        return len(run)

    def put_spaced(self, run, following):
        """White space with a line break in it vanishes beside a block, else is one byte."""
        tag = re.match(r"</?([a-z0-9]+)", following)
        before_block = bool(tag) and tag.group(1) in BLOCK
        for piece in re.findall(r"\s+|\S+", run):
            if not piece.isspace():
                self.put(piece)
            elif "\n" not in piece:
                self.put(" ")
            elif not self.after_block:
                self.put("\n")
        if run.rstrip() != run and "\n" in run[len(run.rstrip()):] and before_block:
            if self.written and self.written[-1] == "\n":
                self.written.pop()

    def begin_tag(self, text, i):
        if text.startswith("<!--", i):
            self.fail("no HTML comments in pages: write {- -}")
        if text.startswith("<!", i):
            self.set(mode="markup")
            self.put("<!")
            return 2
        m = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)").match(text, i)
        if not m:
            self.fail("a bare '<': write &lt;, and no output in a tag name")
        self.set(mode="tag", tag=m.group(2).lower(), closing=bool(m.group(1)),
                 slash=False, attribute="")
        self.put(m.group())
        return len(m.group())

    def in_markup(self, text, i):
        self.put(text[i])
        if text[i] == ">":
            self.set(mode="text")
            self.after_block = True
        return 1

    def in_tag(self, text, i):
        c = text[i]
        if c.isspace():
            run = re.compile(r"\s+").match(text, i).group()
            # Attributes bring their own space: none is needed before '>' or a directive.
            if text[i + len(run):i + len(run) + 1] not in (">", ""):
                self.put(" ")
            return len(run)
        if c == ">":
            return self.end_tag()
        if c == "/":
            self.set(slash=True)
            self.put(c)
            return 1
        if c in "=\"'<":
            self.fail(f"misplaced {c} in <{self.state.tag}>")
        if not self.written or not self.written[-1].endswith((" ", "/")):
            self.fail("an attribute begins with a space")
        self.set(mode="name", attribute="", slash=False)
        return 0

    def in_name(self, text, i):
        c = text[i]
        if c.isspace() or c in "/>":
            self.settle()
            return 0
        if c == "=":
            self.attribute_named()
            self.set(mode="equals")
        elif not re.match(r"[\w:.-]", c):
            self.fail(f"misplaced {c} in an attribute's name")
        else:
            self.set(attribute=self.state.attribute + c.lower())
        self.put(c)
        return 1

    def attribute_named(self):
        name = self.state.attribute
        if name.startswith("on"):
            self.fail(f"{name}=: the content security policy refuses inline scripts")
        if name == "style" and not self.is_mail:
            self.fail("style=: the content security policy refuses inline styles")

    def in_equals(self, text, i):
        if text[i] not in "\"'":
            self.fail(f"the value of {self.state.attribute} must be quoted")
        self.set(mode="value", quote=text[i], url="")
        self.put(text[i])
        return 1

    def in_value(self, text, i):
        s = self.state
        if text[i] == s.quote:
            self.set(mode="tag", quote="", url="", attribute="")
            self.put(text[i])
            return 1
        end = text.find(s.quote, i)
        run = text[i:end if end >= 0 else len(text)]
        if s.attribute in URL_ATTRIBUTES and not s.url:
            self.begin_url(run)
        if s.attribute in SPOKEN_ATTRIBUTES and WORD.search(run.replace(BRAND, "")):
            self.fail(f"text outside {{{{_ }}}} in {s.attribute}=")
        if s.attribute == "target" or "<" in run:
            self.fail(f"{s.attribute}={run!r} is refused")
        self.put(run)
        return len(run)

    def begin_url(self, run):
        """Our own first characters decide the scheme: data that follow cannot change it."""
        absolute = "https://" if self.is_mail else None
        for start in ("//", "/", "#", "?", "mailto:", "tel:", absolute):
            if start and run.startswith(start):
                break
        else:
            start = "//"
        if start == "//":
            self.fail(f"{self.state.attribute}= begins with '/', '#', '?', 'mailto:', 'tel:' or {{{{url }}}}")
        self.set(url=start)

    def end_tag(self):
        s = self.state
        self.put(">")
        self.set(mode="text", tag="", closing=False, slash=False, attribute="")
        if s.closing:
            self.close(s.tag)
        elif s.slash and s.tag not in VOID and not self.inside({"svg"}):
            self.fail(f"<{s.tag}/> does not close an HTML element")
        elif not (s.slash or s.tag in VOID):
            self.set(stack=s.stack + ((s.tag, self.line),))
            if s.tag in RAW:
                self.set(mode="raw")
        self.after_block = s.tag in BLOCK
        return 1

    def close(self, tag):
        stack = self.state.stack
        if stack and stack[-1][0] == tag:
            self.set(stack=stack[:-1])
        elif self.is_open and not stack:
            self.set(unopened=self.state.unopened + (tag,))
        elif not stack:
            self.fail(f"</{tag}> closes nothing")
        else:
            self.fail(f"</{tag}> closes <{stack[-1][0]}> of line {stack[-1][1]}")

    def in_raw(self, text, i):
        tag = self.state.stack[-1][0]
        if text.startswith(f"</{tag}", i):
            self.set(mode="text")
            return 0
        if not text[i].isspace() and not self.is_mail:
            self.fail(f"the content security policy refuses inline <{tag}>")
        self.put(text[i])
        return 1

    def settle(self):
        """A directive follows: an attribute without value ends here."""
        if self.state.mode == "name":
            self.attribute_named()
            self.set(mode="tag", attribute="")

    def output(self, out, line):
        """May this {{ }} stand here?  Returns the way it is written."""
        s, self.line = self.state, line
        if s.mode == "text":
            self.after_block = False
            return "text"
        if out.how == "icon":
            self.fail("{{icon }} in a tag")
        if s.mode == "raw":
            self.fail(f"output in <{s.stack[-1][0]}>")
        if s.mode == "equals":
            self.fail(f"output in an unquoted attribute: {s.attribute}=")
        if s.mode != "value":
            self.fail("output in a tag outside a quoted value")
        if s.attribute == "style":
            self.fail("output in style=")
        if s.attribute == "srcset" or s.attribute == "srcdoc":
            self.fail(f"output in {s.attribute}=")
        if s.attribute not in URL_ATTRIBUTES:
            return "value"
        return self.output_in_url(out)

    def output_in_url(self, out):
        s = self.state
        whole = out.how in ("url", "link")
        if not s.url and not whole:
            self.fail(f"{s.attribute}= begins with our own text or with {{{{url }}}}")
        if s.url and whole:
            self.fail(f"{{{{{out.how} }}}} is a whole URL: it cannot follow other text")
        if out.how in "_n":
            self.fail("a translated message is no URL")
        if not s.url:
            self.set(url="/")
        return "tel" if s.url == "tel:" else "url"


# --- writing C ---------------------------------------------------------------------

def c_string(text):
    """A C literal, one source line for each line of text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("??", '?""?')
    escaped = escaped.replace("\t", "\\t").replace("\r", "\\r")
    return "\n\t    ".join(f'"{part}"' for part in
                           re.findall(r".*?\\n|.+$", escaped.replace("\n", "\\n"))) or '""'


def literal_calls(text):
    """One call for at most LITERAL_CHARS_MAX of text."""
    while text:
        part = text[:LITERAL_CHARS_MAX]
        text = text[len(part):]
        yield f"\tout_literal(o, {c_string(part)}, {len(part.encode())});\n"


def arguments(out):
    if not out.args:
        return "NULL, 0"
    items = ", ".join(f"OUT_ARG(o, {c_string(key)}, ({expr}))" for key, expr in out.args)
    return f"(struct text_arg[]){{ {items} }}, {len(out.args)}"


def message_expression(out):
    if out.how == "n":
        head = (f"(struct text_plural){{ {c_string(out.message)}, {c_string(out.plural)}, "
                f"(int64_t)({out.expr}) }}")
        return f"text_n_fill(o->mem, o->lang, {head}, {arguments(out)})"
    if not out.args:
        return f"text(o->lang, {c_string(out.message)})"
    return (f"text_fill(o->mem, o->lang, {c_string(out.message)}, "
            f"{arguments(out)})")


WRITERS = {"u": "out_url_part", "url": "out_url_local", "link": "out_url_foreign"}


def output_call(out, place):
    if out.how == "icon":
        return f'out_icon(o, "{out.expr}")'
    value = message_expression(out) if out.how in "_n" else out.expr
    if place == "plain":
        return f"out_plain(o, {value})"
    if out.how in WRITERS:
        return f"{WRITERS[out.how]}(o, {value})"
    return f"{ {'url': 'out_url_part', 'tel': 'out_tel'}.get(place, 'out_value') }(o, {value})"


@dataclass
class Block:
    """An open {% if %} or {% for %}: the states that its branches must agree on."""
    word: str
    line: int
    start: object
    ends: list = field(default_factory=list)
    has_else: bool = False
    after_block: bool = True


class Compiler:
    def __init__(self, name, is_text, is_mail):
        self.name, self.is_text, self.is_mail = name, is_text, is_mail
        self.head, self.code = [], []
        self.html = None            # of the function being written
        self.function_line, self.function_name = 0, ""
        self.attribute_functions = set()
        self.blocks = []
        self.just_begun = False

    def compile(self, source):
        found = list(tokens(source))
        handlers = {"text": self.text, "{": self.output, "%": self.directive, "#": self.function,
                    "!": self.file_level, "-": lambda t: None, "~": self.mark}
        for index, token in enumerate(found):
            if token.kind == "text":
                token = self.own_lines(found, index, token)
                if index + 1 == len(found) or found[index + 1].kind == "#":
                    end = "\n" if self.is_text and token.body.strip() else ""
                    token = Token("text", token.body.rstrip() + end, token.line)
            handlers[token.kind](token)
        self.end_function(source.count("\n") + 1)
        if not self.function_line:
            raise TemplateError(1, "no function: {# void page_x(struct out *o, ...) #}")
        top = f"/* From {self.name} by tools/templates.py: edit that, not this. */\n"
        return top + '#include "format/out.h"\n' + "".join(self.head) + "".join(self.code)

    def own_lines(self, found, index, token):
        """Plain text: a line that holds only directives leaves no line behind."""
        if not self.is_text:
            return token
        after_directive = index > 0 and found[index - 1].kind in "%#!-~"
        if after_directive and token.body.startswith("\n"):
            return Token("text", token.body[1:], token.line + 1)
        return token

    def line_mark(self, line):
        return f'#line {line} "{self.name}"\n'

    def text(self, token):
        m = OPENING.search(token.body)
        if m:
            at = token.line + token.body.count("\n", 0, m.start())
            raise TemplateError(at, f"{m.group()} is never closed")
        if self.html is None:
            if token.body.strip():
                raise TemplateError(token.line, "text before the first {# function #}")
            return
        if token.body.strip():
            self.just_begun = False
        body = token.body if self.is_text else self.html.feed(token.body, token.line)
        self.code.extend(literal_calls(body))

    def file_level(self, token):
        self.head.append(self.line_mark(token.line) + token.body.strip("\n ") + "\n")

    def function(self, token):
        self.end_function(token.line)
        signature = " ".join(token.body.split())
        m = re.fullmatch(r"((?:static )?void) (\w+)\(struct out \*o(, .+)?\)", signature)
        if not m:
            raise TemplateError(token.line, "a function is void name(struct out *o, ...)")
        kind, name, rest = m.groups()
        self.code.append(f"\n{self.line_mark(token.line)}{kind}\n"
                         f"{name}(struct out *o{rest or ''})\n{{\n")
        self.html = Html(self.is_mail)
        self.function_line, self.function_name, self.just_begun = token.line, name, True

    def mark(self, token):
        word = token.body.strip()
        if word not in ("open", "attributes") or not self.just_begun or self.html is None:
            raise TemplateError(token.line, "only {~ open ~} and {~ attributes ~} are known,"
                                " right after {# #}")
        self.html.is_open = word == "open"
        if word == "attributes":
            self.attribute_functions.add(self.function_name)
            self.html.set(mode="tag", tag="...")

    def end_function(self, line):
        if self.html is None:
            return
        if self.blocks:
            raise TemplateError(self.blocks[-1].line, f"{{% {self.blocks[-1].word} %}} has no {{% end %}}")
        self.html.settle()
        state = self.html.state
        ends_in = "tag" if self.function_name in self.attribute_functions else "text"
        if state.mode != ends_in:
            raise TemplateError(line, f"the function ends inside <{state.tag}>"
                                if state.mode != "text" else "an {~ attributes ~} function wrote more")
        if state.stack and not self.html.is_open:
            tag, at = state.stack[-1]
            raise TemplateError(at, f"<{tag}> is never closed")
        self.code.append("}\n")
        self.html = None

    def output(self, token):
        if self.html is None:
            raise TemplateError(token.line, "output outside a function")
        out = parse_output(token.body, token.line)
        self.just_begun = False
        if self.is_text:
            if out.how not in ("value", "_", "n", "u"):
                raise TemplateError(token.line, f"{{{{{out.how} }}}} has no meaning in plain text")
            place = "plain" if out.how != "u" else "value"
        else:
            place = self.html.output(out, token.line)
        self.code.append(f"{self.line_mark(token.line)}\t{output_call(out, place)};\n")

    def directive(self, token):
        if self.html is None:
            raise TemplateError(token.line, "a directive outside a function")
        self.html.line = token.line
        self.html.settle()
        self.just_begun = False
        word, _, rest = token.body.strip().partition(" ")
        rest = " ".join(rest.split())
        known = {"if": self.begin, "for": self.begin, "elif": self.branch, "else": self.branch,
                 "end": self.end, "let": self.plain, "call": self.plain}
        if word not in known:
            raise TemplateError(token.line, f"unknown directive: {word}")
        if word in ("if", "elif", "for") and not re.fullmatch(r"\(.*\)", rest):
            raise TemplateError(token.line, f"{{% {word} %}} needs its condition in parentheses")
        if word in ("else", "end") and rest:
            raise TemplateError(token.line, f"nothing may follow {word}")
        known[word](word, rest, token.line)

    def plain(self, word, rest, line):
        if not rest or rest.endswith(";"):
            raise TemplateError(line, f"{{% {word} %}} needs one statement, without ';'")
        if word == "call":
            self.call(rest, line)
        self.code.append(f"{self.line_mark(line)}\t{rest};\n")

    def call(self, rest, line):
        name = re.match(r"\w*", rest).group()
        place = "tag" if name in self.attribute_functions else "text"
        if not self.is_text and self.html.state.mode != place:
            raise TemplateError(line, "{% call %} stands between tags; inside one, only a function"
                                " of this file that is marked {~ attributes ~}")
        self.html.after_block = False

    def begin(self, word, rest, line):
        self.blocks.append(Block(word, line, self.html.state, after_block=self.html.after_block))
        self.code.append(f"{self.line_mark(line)}\t{word} {rest} {{\n")

    def branch(self, word, rest, line):
        if not self.blocks or self.blocks[-1].word != "if" or self.blocks[-1].has_else:
            raise TemplateError(line, f"{word} without if")
        block = self.blocks[-1]
        block.ends.append(self.html.state)
        block.has_else = word == "else"
        self.html.state = block.start
        condition = f"else if {rest}" if word == "elif" else "else"
        self.code.append(f"{self.line_mark(line)}\t}} {condition} {{\n")

    def end(self, word, rest, line):
        if not self.blocks:
            raise TemplateError(line, "end without if or for")
        block = self.blocks.pop()
        ends = block.ends + [self.html.state]
        if not block.has_else:
            ends.append(block.start)
        if any(not ends[0].same_as(e) for e in ends):
            raise TemplateError(line, f"the ways through {{% {block.word} %}} of line {block.line}"
                                " leave different tags or attributes open")
        self.html.after_block = self.html.after_block and block.after_block
        self.code.append("\t}\n")


def compile_template(source, name, directory=""):
    """C text for a template; raises TemplateError."""
    is_mail = directory == "mail"
    return Compiler(name, name.endswith(".txt"), is_mail).compile(source)


def outputs(source):
    """Every {{ }} of a template, with its line: for tools/messages.py and tools/assets.py."""
    return [(parse_output(t.body, t.line), t.line) for t in tokens(source) if t.kind == "{"]


def main():
    options = argparse.ArgumentParser(description="Compile one template into C.")
    options.add_argument("--root", default=".", help="names in messages are relative to it")
    options.add_argument("input")
    options.add_argument("output")
    given = options.parse_args()
    name = os.path.relpath(given.input, given.root)
    with open(given.input, encoding="utf-8") as file:
        source = file.read()
    try:
        code = compile_template(source, name, os.path.basename(os.path.dirname(given.input)))
    except TemplateError as mistake:
        print(f"{name}:{mistake.line}: {mistake}", file=sys.stderr)
        return 1
    with open(given.output, "w", encoding="utf-8") as file:
        file.write(code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
