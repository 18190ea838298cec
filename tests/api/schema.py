"""As much of JSON Schema as openapi.json uses; a keyword that is not known here is an error."""
import re

SILENT = {"description", "examples", "default", "format", "summary"}
TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}


def resolve(doc, node):
    while "$ref" in node:
        at = doc
        for step in node["$ref"].removeprefix("#/").split("/"):
            at = at[step]
        node = at
    return node


def is_a(value, name):
    return isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def check(doc, schema, value, where="$"):
    """Yield what is wrong with the value."""
    schema = resolve(doc, schema)
    for word, rule in schema.items():
        if word == "type":
            names = rule if isinstance(rule, list) else [rule]
            if not any(is_a(value, name) for name in names):
                yield f"{where}: {value!r} is no {names}"
        elif word == "enum":
            if value not in rule:
                yield f"{where}: {value!r} is none of {rule}"
        elif word == "pattern":
            if not re.search(rule, value):
                yield f"{where}: {value!r} does not match {rule}"
        elif word == "maxLength":
            if isinstance(value, str) and len(value) > rule:
                yield f"{where}: longer than {rule}"
        elif word == "required":
            yield from (f"{where}: no {name}" for name in rule if name not in value)
        elif word == "properties":
            for name, inner in rule.items():
                if name in value:
                    yield from check(doc, inner, value[name], f"{where}.{name}")
        elif word == "additionalProperties":
            yield from (f"{where}: {name} is not declared" for name in value
                        if name not in schema["properties"])
        elif word == "items":
            for i, item in enumerate(value):
                yield from check(doc, rule, item, f"{where}[{i}]")
        elif word == "allOf":
            for inner in rule:
                yield from check(doc, inner, value, where)
        elif word not in SILENT:
            yield f"{where}: the schema uses {word}, which this checker does not know"
