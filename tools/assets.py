#!/usr/bin/env python3
"""What browsers fetch beside the pages: style, scripts, icons, font, manifest.

    assets.py --out-c assets.c --out-h asset_names.h [--depfile D]
                        compress and embed ui/assets; needs only python3 and brotli
    assets.py --built   make ui/assets/built anew: the icon sprite, with the icons that
                        templates and C name, and the font subset; needs node_modules
    assets.py --verify  is ui/assets/built what --built would make?

A file's URL carries a hash of its content, so that it is cached for ever and never stale:
/a/NAME.HASH.EXT; asset_names.h defines ASSET_NAME for it.  Files whose URL the world knows
(favicon.svg, robots.txt) stand at the root under their own name.  In style, scripts and the
manifest, asset(NAME.EXT) is replaced by that file's URL.  A style's @import "x.css"; is put in
its place, and "@repeat 0 287 { .s# { --s: #; } }" is written out for each number.
"""

import argparse
import glob
import hashlib
import os
import re
import subprocess
import sys
import tempfile

import templates

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
AT_ROOT = {"favicon.svg", "robots.txt", "manifest.webmanifest", "sw.js"}
COMPRESSED = {".woff2"}         # brotli inside already
IMPORT = re.compile(r'@import "([\w./-]+)";')
REPEAT = re.compile(r"@repeat (\d+) (\d+) \{ (.*?\}) \}")
MARK = re.compile(r"asset\(([\w.-]+)\)")
ICON_IN_C = re.compile(r'\bICON\("([a-z0-9-]+)"\)')
NODE = "node_modules"
FONT = NODE + "/@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-"

# What French, English and the names of people in Europe need; the rest falls back.
LETTERS = ("".join(map(chr, range(0x20, 0x7f))) + "".join(map(chr, range(0xa0, 0x180)))
           + "ȘșȚț‐‑–—‘’‚“”„†•…‰′″‹›€−→←↑↓×\u2009\u202f")


class AssetError(Exception):
    pass


# --- icons -------------------------------------------------------------------------

def icons_used(root):
    """{name: the place that first names it}."""
    used = {}
    for path in sorted(glob.glob(os.path.join(root, "ui/pages/*.html"))):
        with open(path, encoding="utf-8") as file:
            source = file.read()
        found = [o.expr for o, _ in templates.outputs(source) if o.how == "icon"]
        for name in found + ICON_IN_C.findall(source):
            used.setdefault(name, os.path.relpath(path, root))
    for path in sorted(glob.glob(os.path.join(root, "src/**/*.[ch]"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            for name in ICON_IN_C.findall(file.read()):
                used.setdefault(name, os.path.relpath(path, root))
    for path in sorted(glob.glob(os.path.join(root, "ui/assets/*.js"))):
        with open(path, encoding="utf-8") as file:
            for name in re.findall(r"icon\('([a-z0-9-]+)'\)", file.read()):
                used.setdefault(name, os.path.relpath(path, root))
    return used


def sprite(root):
    """One SVG with a <symbol> for each icon; presentation comes from the page's style."""
    symbols = []
    for name, place in sorted(icons_used(root).items()):
        places = [os.path.join(root, d, name + ".svg") for d in ("ui/icons", NODE + "/lucide-static/icons")]
        found = [p for p in places if os.path.exists(p)]
        if not found:
            raise AssetError(f"{place}: lucide has no icon {name}")
        with open(found[0], encoding="utf-8") as file:
            drawing = re.search(r"<svg[^>]*>(.*)</svg>", file.read(), re.S).group(1)
        drawing = re.sub(r"\s*\n\s*", "", drawing).replace(" />", "/>").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>\n')
    return ("<!-- Icons from Lucide, ISC License, https://lucide.dev/license -->\n"
            '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" '
            'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">\n'
            + "".join(symbols) + "</svg>\n").encode()


def check_icons(root, built):
    have = set(re.findall(r'<symbol id="([a-z0-9-]+)"', built.decode()))
    for name, place in icons_used(root).items():
        if name not in have:
            lack = (f"{place}: icon {name} is not in ui/assets/built/icons.svg: "
                    "make deps-test, then tools/assets.py --built")
            if not os.environ.get("MESSAGES_DRAFT"):  # while pages are being written
                raise AssetError(lack)
            print(lack, file=sys.stderr)


# --- the font ----------------------------------------------------------------------

SUBSET = """
const subset = require('subset-font'), fs = require('fs');
const [source, target, letters] = process.argv.slice(1);
subset(fs.readFileSync(source), letters, { targetFormat: 'woff2',
    variationAxes: { wght: { min: 400, max: 700 } } }).then(b => fs.writeFileSync(target, b));
"""


def font_parts(root):
    """{file name: bytes}: Latin and Latin Extended, cut to LETTERS."""
    parts = {}
    with tempfile.TemporaryDirectory() as directory:
        for part in ("latin", "latin-ext"):
            target = os.path.join(directory, part + ".woff2")
            source = os.path.join(root, FONT + part + "-wght-normal.woff2")
            subprocess.run(["node", "-e", SUBSET, source, target, LETTERS], cwd=root, check=True)
            with open(target, "rb") as file:
                parts[f"hyperlegible-{part}.woff2"] = file.read()
    return parts


def built_files(root):
    if not os.path.isdir(os.path.join(root, NODE)):
        raise AssetError("no node_modules: make deps-test")
    return {"icons.svg": sprite(root), **font_parts(root)}


# --- embedding ---------------------------------------------------------------------

def sources(root):
    found = glob.glob(os.path.join(root, "ui/assets/*")) + glob.glob(os.path.join(root, "ui/assets/built/*"))
    return sorted(p for p in found if os.path.splitext(p)[1] in TYPES)


def imported(path):
    """The style with its imports in place."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    inner = lambda m: imported(os.path.join(os.path.dirname(path), m.group(1)))
    return IMPORT.sub(inner, text)


def repeated(text):
    numbers = lambda m: range(int(m.group(1)), int(m.group(2)) + 1)
    return REPEAT.sub(lambda m: "".join(m.group(3).replace("#", str(n)) for n in numbers(m)), text)


def lighten(name, text):
    """Style without comments and indentation; the rest as it was written."""
    if not name.endswith(".css"):
        return text
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,])\s*", r"\1", text)
    return re.sub(r"(?<=[\w-]): ", ":", text).replace(";}", "}").strip() + "\n"


class Shelf:
    """All files by name, each read, resolved and hashed once."""

    def __init__(self, root):
        self.paths = {os.path.basename(p): p for p in sources(root)}
        self.content, self.busy = {}, []

    def read(self, name):
        if name in self.content:
            return self.content[name]
        if name not in self.paths:
            raise AssetError(f"asset({name}): no such file")
        if name in self.busy:
            raise AssetError(f"asset({name}): a circle: {' '.join(self.busy)}")
        self.busy.append(name)
        with open(self.paths[name], "rb") as file:
            data = file.read()
        if not name.endswith(".woff2"):
            text = data.decode()
            if name.endswith(".css"):
                text = repeated(imported(self.paths[name]))
            text = MARK.sub(lambda m: self.url(m.group(1)), text)
            data = lighten(name, text).encode()
        self.busy.pop()
        self.content[name] = data
        return data

    def url(self, name):
        data = self.read(name)
        if name in AT_ROOT:
            return "/" + name
        stem, extension = os.path.splitext(name)
        return f"/a/{stem}.{hashlib.sha256(data).hexdigest()[:10]}{extension}"


def brotli(data):
    run = subprocess.run(["brotli", "--quality=11", "--stdout", "-"], input=data, capture_output=True, check=True)
    return run.stdout


def c_bytes(name, data):
    rows = [", ".join(map(str, data[i:i + 24])) for i in range(0, len(data), 24)]
    return f"static const unsigned char {name}[] = {{\n\t" + ",\n\t".join(rows) + "\n};\n"


def symbol(name):
    return re.sub(r"\W", "_", name)


def c_table(shelf):
    """The arrays, then the table sorted by path for a binary search."""
    arrays, rows = [], []
    for name in shelf.paths:
        data, extension = shelf.read(name), os.path.splitext(name)[1]
        small = b"" if extension in COMPRESSED else brotli(data)
        arrays.append(c_bytes(symbol(name) + "_plain", data))
        shorter = "NULL, 0"
        if 0 < len(small) < len(data):
            arrays.append(c_bytes(symbol(name) + "_brotli", small))
            shorter = f"(const char *){symbol(name)}_brotli, {len(small)}"
        rows.append((shelf.url(name), f'"{shelf.url(name)}", "{TYPES[extension]}",\n'
                     f"\t    {{ (const char *){symbol(name)}_plain, {len(data)} }}, {{ {shorter} }},\n"
                     f'\t    "\\"{hashlib.sha256(data).hexdigest()[:20]}\\"", {str(name not in AT_ROOT).lower()}'))
    rows.sort(key=lambda r: r[0].encode())
    return ("/* From ui/assets by tools/assets.py: edit those, not this. */\n"
            '#include "web/asset.h"\n\n' + "\n".join(arrays)
            + "\nconst struct asset assets[] = {\n"
            + "".join(f"\t{{ {row} }},\n" for _, row in rows)
            + "};\nconst size_t assets_count = COUNT(assets);\n")


def c_names(shelf):
    lines = [f'#define ASSET_{symbol(os.path.splitext(n)[0]).upper()}'
             f'{"_JS" if n.endswith(".js") else "_CSS" if n.endswith(".css") else ""} "{shelf.url(n)}"\n'
             for n in shelf.paths]
    return ("/* From ui/assets by tools/assets.py: edit those, not this. */\n"
            "#ifndef ASSET_NAMES_H\n#define ASSET_NAMES_H\n\n" + "".join(lines) + "\n#endif\n")


def embed(root, given):
    shelf = Shelf(root)
    check_icons(root, shelf.read("icons.svg"))
    for path, text in ((given.out_c, c_table(shelf)), (given.out_h, c_names(shelf))):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    if given.depfile:
        inputs = list(shelf.paths.values()) + glob.glob(os.path.join(root, "ui/pages/*.html"))
        inputs += glob.glob(os.path.join(root, "ui/assets/styles/*.css"))
        with open(given.depfile, "w", encoding="utf-8") as file:
            file.write(f"{given.out_c}: " + " ".join(sorted(inputs)) + "\n")


def main():
    options = argparse.ArgumentParser(description="Embed what browsers fetch.")
    options.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    options.add_argument("--out-c")
    options.add_argument("--out-h")
    options.add_argument("--depfile")
    options.add_argument("--built", action="store_true")
    options.add_argument("--verify", action="store_true")
    given = options.parse_args()
    try:
        if given.out_c and given.out_h:
            embed(given.root, given)
        if given.built or given.verify:
            for name, data in built_files(given.root).items():
                path = os.path.join(given.root, "ui/assets/built", name)
                if given.built:
                    with open(path, "wb") as file:
                        file.write(data)
                    continue
                with open(path, "rb") as file:
                    if file.read() != data:
                        raise AssetError(f"ui/assets/built/{name} is stale: tools/assets.py --built")
    except (AssetError, templates.TemplateError) as mistake:
        print(mistake, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
