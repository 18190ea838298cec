#!/usr/bin/env python3
"""Write a file as a C array.

Usage: embed_file.py INPUT OUTPUT.c NAME HEADER
HEADER declares NAME and NAME_bytes; a NUL follows the bytes.
"""
import pathlib
import sys


def main(source, output, name, header):
    data = pathlib.Path(source).read_bytes()
    # Character constants: their values are char's, whether or not that is signed.
    rows = [", ".join(f"'\\{byte:03o}'" for byte in data[i:i + 12]) for i in range(0, len(data), 12)]
    pathlib.Path(output).write_text(
        f"/* Written by tools/embed_file.py from {pathlib.Path(source).name}: do not edit. */\n"
        f'#include "{header}"\n\n'
        f"const char {name}[] = {{\n\t" + ",\n\t".join(rows) + ", 0\n};\n"
        f"const size_t {name}_bytes = {len(data)};\n", encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:5])
