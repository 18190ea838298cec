#!/usr/bin/env python3
"""Check a log of Serment without Serment: docs/log.md, written a second time.

  verify_log.py EXPORT [--key KEY] [--checkpoint FILE]      EXPORT: serment audit export, or - for standard input
  verify_log.py --proof FILE [--key KEY]                    what the journal page and `serment audit prove` give

--key: the key as it was written down earlier (`serment audit key`); without it, the one that the
export names, which proves only that the export agrees with itself.  --checkpoint: one that was kept
elsewhere.  Ends with 0 and "holds", or with 1 and the first line that does not hold.

Python's standard library, and openssl for Ed25519.
"""
import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile

LEAF, NODE, HEAD_BYTES = b"\x00", b"\x01", 130
CHANGE, OPENING = 1, 2
# SubjectPublicKeyInfo of an Ed25519 key (RFC 8410): openssl reads it before the 32 bytes.
SPKI = bytes.fromhex("302a300506032b6570032100")


class Broken(Exception):
    pass


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def unbase64(text, length=None):
    """Strict: one spelling for each value."""
    try:
        value = base64.b64decode(text, validate=True)
    except (ValueError, TypeError) as error:
        raise Broken("not base64") from error
    if base64.b64encode(value).decode() != text or (length is not None and len(value) != length):
        raise Broken("not base64 of the right length")
    return value


# --- the tree -----------------------------------------------------------------------

class Tree:
    """RFC 6962 2.1, as a stack of complete subtrees: (leaves, hash)."""

    def __init__(self, leaves=()):
        self.size, self.stack = 0, []
        for leaf in leaves:
            self.append(sha256(LEAF, leaf))

    def append(self, leaf_hash):
        leaves, value = 1, leaf_hash
        while self.stack and self.stack[-1][0] == leaves:
            value = sha256(NODE, self.stack.pop()[1], value)
            leaves *= 2
        self.stack.append((leaves, value))
        self.size += 1

    def root(self):
        if not self.stack:
            return sha256()
        value = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            value = sha256(NODE, left, value)
        return value


def root_by_path(value, index, size, path):
    """The root that an inclusion proof leads to: the recursion of RFC 6962 2.1.1, walked back."""
    def walk(m, n, rest):
        if n == 1:
            if rest:
                raise Broken("the path is too long")
            return value
        if not rest:
            raise Broken("the path is too short")
        k = 1 << (n - 1).bit_length() - 1
        if m < k:
            return sha256(NODE, walk(m, k, rest[:-1]), rest[-1])
        return sha256(NODE, rest[-1], walk(m - k, n - k, rest[:-1]))
    if not 0 <= index < size:
        raise Broken("the line is not one of the checkpoint's")
    return walk(index, size, path)


# --- checkpoints --------------------------------------------------------------------

class Key:
    """NAME+HASH+KEY of C2SP signed-note."""

    def __init__(self, text):
        found = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", text)
        if not found:
            raise Broken("the key is no key of a signed note")
        self.name, typed = found[1], unbase64(found[3], 33)
        if typed[0] != 1:
            raise Broken("the key is not of Ed25519")
        self.public = typed[1:]
        self.hash = sha256(self.name.encode(), b"\n", typed)[:4]
        if self.hash.hex() != found[2]:
            raise Broken("the key does not have the hash that it names")

    def signed(self, message, signature):
        with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as sig, \
                tempfile.NamedTemporaryFile() as text:
            for file, content in ((key, SPKI + self.public), (sig, signature), (text, message)):
                file.write(content)
                file.flush()
            return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key.name,
                                   "-rawin", "-in", text.name, "-sigfile", sig.name],
                                  capture_output=True, check=False).returncode == 0


def open_checkpoint(note, key):
    """(lines, root) of a checkpoint that key has signed."""
    text, empty, signatures = note.partition("\n\n")
    lines = (text + "\n").split("\n")
    if not empty or len(lines) < 4 or "\n\n" in signatures or not note.endswith("\n"):
        raise Broken("it is no checkpoint")
    if lines[0] != key.name:
        raise Broken("it is a checkpoint of another log")
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise Broken("it is no checkpoint")
    for line in signatures.split("\n"):
        found = re.fullmatch(r"\u2014 (\S+) (\S+)", line)
        if found and found[1] == key.name:
            packed = unbase64(found[2], 68)
            if packed[:4] == key.hash and key.signed((text + "\n").encode(), packed[4:]):
                return int(lines[1]), unbase64(lines[2], 32)
    raise Broken("the signature is not by the key of this log")


# --- lines --------------------------------------------------------------------------

def check_leaf(leaf, persons):
    """The bytes of a leaf say what they must, and the pseudonyms beside it are those that it commits to."""
    if len(leaf) < HEAD_BYTES or leaf[0] != 1 or leaf[1] not in (CHANGE, OPENING):
        raise Broken("its content is no leaf")
    if not re.fullmatch(rb"[a-z_]+(\.[a-z_]+)*", leaf[HEAD_BYTES:]):
        raise Broken("its action is none")
    if not isinstance(persons, list) or not all(re.fullmatch("[0-9a-f]{32}", str(p)) for p in persons):
        raise Broken("its pseudonyms are none")
    if Tree(bytes.fromhex(p) for p in persons).root() != leaf[98:HEAD_BYTES]:
        raise Broken("its persons are not those of its content")


def record(text):
    """One line of an export: an object in the one spelling that Serment writes."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Broken("it is not JSON") from error
    written = json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("\\n", "\\u000a")
    if not isinstance(value, dict) or written != text:
        raise Broken("it is not as Serment writes it")
    return value


def fields(value, *names):
    if list(value) != list(names):
        raise Broken("its fields are not those of its kind")


class Export:
    def __init__(self, key, saved):
        self.key, self.saved, self.said = key, saved, None
        self.tree, self.vouched, self.checkpoints, self.purged = Tree(), 0, 0, 0

    def head(self, value):
        fields(value, "kind", "version", "origin", "key", "lines")
        named = Key(value["key"])
        if value["kind"] != "log" or value["version"] != 1 or value["origin"] != named.name:
            raise Broken("the export does not begin with its log")
        if self.key is None:
            self.key = named
        elif self.key.public != named.public:
            raise Broken("the export is of another log than the key")
        self.said = value["lines"]

    def leaf(self, value):
        known = "leaf" in value
        fields(value, *(("kind", "seq", "hash", "leaf", "persons") if known else ("kind", "seq", "hash")))
        if value["seq"] != self.tree.size + 1:
            raise Broken(f"number {value['seq']} stands in its place")
        stored = unbase64(value["hash"], 32)
        if known:
            leaf = unbase64(value["leaf"])
            if sha256(LEAF, leaf) != stored:
                raise Broken("its content is not what its hash was made of")
            check_leaf(leaf, value["persons"])
        else:
            self.purged += 1
        self.tree.append(stored)
        if self.saved and self.saved[0] == self.tree.size:
            self.compare(self.saved[1], "the saved checkpoint")

    def compare(self, root, which):
        if root != self.tree.root():
            raise Broken(f"line {self.vouched + 1} or a later one, to line {self.tree.size}, is not what"
                         f" {which} was signed for")

    def checkpoint(self, value):
        fields(value, "kind", "size", "note")
        size, root = open_checkpoint(value["note"], self.key)
        if size != value["size"] or size != self.tree.size:
            raise Broken(f"it is of {size} lines")
        self.compare(root, "the checkpoint")
        self.vouched = size
        self.checkpoints += 1

    def take(self, text):
        value = record(text)
        if self.said is None:
            self.head(value)
        elif value.get("kind") == "leaf":
            self.leaf(value)
        elif value.get("kind") == "checkpoint":
            self.checkpoint(value)
        else:
            raise Broken("its kind is unknown")

    def place(self):
        return "the head of the export" if self.said is None else \
            f"line {self.tree.size + 1}, or the checkpoint of {self.tree.size} lines"


def verify_export(file, key, saved_note):
    saved = None
    if saved_note is not None:
        if key is None:
            raise Broken("--checkpoint needs --key: the export's own key proves nothing about it")
        try:
            saved = open_checkpoint(saved_note, key)
        except Broken as error:
            raise Broken(f"the saved checkpoint: {error}") from error
    export = Export(key, saved)
    for raw in file:
        try:
            export.take(raw.decode("utf-8").removesuffix("\n") if raw.endswith(b"\n") else "")
        except UnicodeDecodeError as error:
            raise Broken(f"{export.place()}: it is not UTF-8") from error
        except Broken as error:
            raise Broken(f"{export.place()}: {error}") from error
    if export.said is None:
        raise Broken("the export is empty")
    if export.tree.size != export.said:
        raise Broken(f"line {export.tree.size + 1} is missing: the export names {export.said} lines")
    if saved and saved[0] > export.tree.size:
        raise Broken(f"line {export.tree.size + 1} is missing: the saved checkpoint is of {saved[0]} lines")
    print(f"The log of {export.key.name} holds: {export.tree.size} lines, {export.purged} of them as hashes only,"
          f" {export.checkpoints} checkpoints, {export.vouched} lines signed.")


def verify_proof(text, key):
    value = json.loads(text)
    fields(value, "id", "seq", "leaf", "persons", "path", "checkpoint", "key")
    key = key or Key(value["key"])
    size, root = open_checkpoint(value["checkpoint"], key)
    leaf = unbase64(value["leaf"])
    check_leaf(leaf, value["persons"])
    if leaf[2:10] != int(value["id"]).to_bytes(8, "big"):
        raise Broken("the content is of another id")
    path = [unbase64(h, 32) for h in value["path"]]
    if root_by_path(sha256(LEAF, leaf), value["seq"] - 1, size, path) != root:
        raise Broken("the path does not lead to the root that was signed")
    print(f"Line {value['seq']} holds: it is in the log of {key.name}, of {size} lines.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("export", nargs="?")
    parser.add_argument("--proof")
    parser.add_argument("--key")
    parser.add_argument("--checkpoint")
    options = parser.parse_args()
    if (options.export is None) == (options.proof is None):
        parser.error("one of EXPORT and --proof FILE is needed")
    try:
        key = Key(options.key.strip()) if options.key else None
        if options.proof:
            with open(options.proof, encoding="utf-8") as file:
                verify_proof(file.read(), key)
            return 0
        note = None
        if options.checkpoint:
            with open(options.checkpoint, encoding="utf-8", newline="") as file:
                note = file.read()
        with sys.stdin.buffer if options.export == "-" else open(options.export, "rb") as file:
            verify_export(file, key, note)
        return 0
    except (Broken, ValueError, KeyError, TypeError) as error:
        print(f"verify_log: {error}", file=sys.stderr)
    except OSError as error:
        print(f"verify_log: {error.filename}: {error.strerror}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
