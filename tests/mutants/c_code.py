# SPDX-License-Identifier: BSD-2-Clause
"""Finds the code in a C file: tokens, and which stretches of them are function bodies, macros, constants and enums.

It relies on the layout that clang-format gives the repository (blanks around binary operators and nowhere else),
and on braces around every body.
"""

import collections
import re

TOKEN = re.compile(r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<number>\b(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<mark><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\.\.\.|[^\s\w])
""", re.VERBOSE | re.DOTALL)

OPENING, CLOSING = "([{", ")]}"

Token = collections.namedtuple("Token", "kind text start end")

# Where code is: kind is "body", "macro", "constant" or "enum"; name is what it defines.
Region = collections.namedtuple("Region", "kind name tokens")


def tokens_of(text):
    """All tokens but comments."""
    return [Token(found.lastgroup, found[0], found.start(), found.end())
            for found in TOKEN.finditer(text) if found.lastgroup != "comment"]


def split_directives(text):
    """Preprocessor lines apart, and the text with blanks in their place, so that positions stay."""
    directives = []

    def blank(found):
        directives.append((found.start(), found[0]))
        return re.sub(r"[^\n]", " ", found[0])

    rest = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.MULTILINE)
    return directives, rest


def closing_of(tokens, opening):
    """The index of the bracket that closes the one at this index."""
    depth = 0
    for index in range(opening, len(tokens)):
        if tokens[index].text in OPENING:
            depth += 1
        elif tokens[index].text in CLOSING:
            depth -= 1
            if depth == 0:
                return index
    raise ValueError(f"no end of the bracket at {tokens[opening].start}")


def name_of(head):
    """What a declaration declares: the name before the parameters, or before what it is given."""
    index = 0
    last = ""
    while index < len(head):
        token = head[index]
        following = head[index + 1].text if index + 1 < len(head) else ""
        if token.text == "__attribute__":
            index = closing_of(head, index + 1)
        elif token.kind == "name" and following == "(":
            return token.text
        elif token.kind == "name":
            last = token.text
        elif token.text in ("=", "["):
            return last
        index += 1
    return last


def kind_of_braces(head):
    """What the braces after these tokens hold, or None where that is no code."""
    if not head:
        return None
    if head[-1].text == "=":
        return "constant"
    if any(token.text == "enum" for token in head) and head[-1].text != ")":
        return "enum"
    return "body" if head[-1].text == ")" else None


def regions_of(text):
    """All code of a file, in order."""
    directives, rest = split_directives(text)
    regions = []
    for start, line in directives:
        found = re.match(r"\s*#\s*define\s+(\w+)(\([^)]*\))?", line)
        if found:
            body = [Token(token.kind, token.text, token.start + start, token.end + start)
                    for token in tokens_of(line) if token.start >= found.end() and token.text != "\\"]
            if body:
                regions.append(Region("macro", found[1], body))
    tokens = tokens_of(rest)
    head = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text == "{" and any(part.text == "extern" for part in head) and head[-1].kind == "text":
            head = []
        elif token.text == "{":
            end = closing_of(tokens, index)
            kind = kind_of_braces(head)
            if kind is not None:
                regions.append(Region(kind, name_of(head), tokens[index:end + 1]))
            index = end
            head = []
        elif token.text == ";":
            head = []
        else:
            head.append(token)
        index += 1
    return sorted(regions, key=lambda region: region.tokens[0].start)


def holds_code(text):
    """Whether a header has more than declarations and plain numbers."""
    return any(region.kind in ("body", "constant") for region in regions_of(text))
