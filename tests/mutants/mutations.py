# SPDX-License-Identifier: BSD-2-Clause
"""Small changes of C code: one off a constant, another operator, a statement left out, a condition turned round,
another name of the same family.

What is chosen for a line depends on the line, its function and a seed alone, so an edit elsewhere changes nothing.
"""

import collections
import hashlib
import re

import c_code

SEED = "2024"

OTHER_OPERATORS = {
    "<": ["<=", ">"], "<=": ["<", ">"], ">": [">=", "<"], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"], "<<": [">>"], ">>": ["<<"], "+": ["-"], "-": ["+"], "&": ["|"], "|": ["&"],
    "^": ["|"], "*": ["+"], "/": ["*"], "%": ["/"], "+=": ["-="], "-=": ["+="], "|=": ["&="], "&=": ["|="],
    "^=": ["|="], "<<=": [">>="], ">>=": ["<<="], "++": ["--"], "--": ["++"],
}
NOT_EXPRESSIONS = {"struct", "enum", "union", "const", "static", "volatile", "unsigned", "int", "bool", "void", "char",
                   "long", "if", "for", "while", "do", "switch", "else", "case", "default", "_Static_assert"}

BEFORE_CONDITIONS = {"(", "[", "{", ";", ",", ":", "?", "return", "=", "+=", "-=", "|=", "&="}

# A change of the text between two positions of a file; place is the function or macro it is in.
Mutant = collections.namedtuple("Mutant", "path place kind line old new start end text")


def squeezed(text):
    """Without line ends and more than one blank in a row: how snippets are compared."""
    return " ".join(text.split())


class Families:
    """For a constant, the next one of those it could be mistaken for."""

    def __init__(self, texts):
        self.next = {"true": "false", "false": "true"}
        for text in texts:
            macros = collections.defaultdict(list)
            for region in c_code.regions_of(text):
                if region.kind == "enum":
                    self.add([token.text for before, token in zip(region.tokens, region.tokens[1:])
                              if token.kind == "name" and before.text in "{,"])
                elif region.kind == "macro" and region.name.isupper():
                    macros[re.match(r"([A-Z0-9]+_[A-Z0-9]+(?=_))?", region.name)[0]].append(region.name)
            for names in macros.values():
                self.add(names)

    def add(self, names):
        """Each name may be mistaken for the one after it."""
        if len(names) > 1:
            for name, following in zip(names, names[1:] + names[:1]):
                self.next.setdefault(name, following)


def is_binary(text, token):
    """By the layout: a blank before it, a blank or the end of the line after it."""
    return text[token.start - 1].isspace() and text[token.end].isspace()


def other_numbers(token):
    """One more and, where that is not below zero, one less."""
    found = re.fullmatch(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)", token.text)
    base = 16 if found[1].lower().startswith("0x") else 10
    value = int(found[1], base)
    for other in (value + 1, value - 1):
        if other >= 0:
            yield (f"{other:#x}" if base == 16 else str(other)) + found[2]


def token_changes(text, region, families):
    """(kind, start, end, replacement) of changes of one token."""
    for index, token in enumerate(region.tokens):
        if token.kind == "number":
            if region.kind == "enum" and region.tokens[index - 1].text != "=":
                continue
            # {0} clears all of a struct: another number there says nothing of what is meant.
            if [part.text for part in region.tokens[index - 1:index + 2]] == ["{", "0", "}"]:
                continue
            for other in other_numbers(token):
                yield "constant", token.start, token.end, other
        elif token.kind == "name" and token.text in families.next:
            if region.kind != "enum":
                yield "name", token.start, token.end, families.next[token.text]
        elif token.text in ("!", "~"):
            yield "operator", token.start, token.end, ""
        elif token.text == "-" and not is_binary(text, token) and text[token.end].isalpha():
            yield "operator", token.start, token.end, ""
        elif token.text in ("++", "--") or (token.text in OTHER_OPERATORS and is_binary(text, token)):
            for other in OTHER_OPERATORS[token.text]:
                yield "operator", token.start, token.end, other


def conditions(region):
    """(start, end) of what if and while look at, and of the middle of a for."""
    tokens = region.tokens
    for index, token in enumerate(tokens[:-1]):
        if token.text in ("if", "while") and tokens[index + 1].text == "(":
            end = c_code.closing_of(tokens, index + 1)
            yield tokens[index + 2].start, tokens[end - 1].end
        elif token.text == "for":
            end = c_code.closing_of(tokens, index + 1)
            semicolons = [at for at in range(index + 2, end) if tokens[at].text == ";"]
            if len(semicolons) == 2 and semicolons[1] > semicolons[0] + 1:
                yield tokens[semicolons[0] + 1].start, tokens[semicolons[1] - 1].end
        elif token.text == "?":
            yield tokens[begin_of_condition(tokens, index)].start, tokens[index - 1].end


def begin_of_condition(tokens, mark):
    """Where the condition before a question mark begins."""
    begin = mark
    while tokens[begin - 1].text not in BEFORE_CONDITIONS:
        begin -= 1
        if tokens[begin].text in c_code.CLOSING:
            begin = opening_of(tokens, begin)
    return begin


def opening_of(tokens, closing):
    """The index of the bracket that this one closes."""
    depth = 0
    for index in range(closing, -1, -1):
        if tokens[index].text in c_code.CLOSING:
            depth += 1
        elif tokens[index].text in c_code.OPENING:
            depth -= 1
            if depth == 0:
                return index
    raise ValueError(f"no begin of the bracket at {tokens[closing].start}")


def is_declaration(statement):
    """Whether it begins with a type."""
    first = statement[0].text
    return first in NOT_EXPRESSIONS or first.endswith("_t")


def statements(region):
    """(start, end) of every statement that can be left out: assignments, calls, jumps."""
    tokens = region.tokens
    begin = 1
    depth = 0
    for index in range(1, len(tokens) - 1):
        token = tokens[index]
        if token.text in "([" or (token.text == "{" and depth > 0):
            depth += 1
        elif token.text in ")]" or (token.text == "}" and depth > 0):
            depth -= 1
        elif depth > 0:
            continue
        elif token.text == ";":
            statement = tokens[begin:index + 1]
            last_of_all = index + 2 == len(tokens)
            # (void)name; only tells the compiler that a name is not used.
            if len(statement) > 1 and not is_declaration(statement) and \
                    not (statement[0].text == "return" and last_of_all) and statement[1].text != "void" and \
                    not any(part.text == "{" for part in statement[:2]):
                yield statement[0].start, statement[-1].end
            begin = index + 1
        elif token.text in "{}":
            begin = index + 1
        elif token.text == ":" and any(part.text in ("case", "default") for part in tokens[begin:index]):
            begin = index + 1


def changes(text, region, families):
    """All changes of a region."""
    yield from token_changes(text, region, families)
    if region.kind == "body":
        for start, end in conditions(region):
            yield "condition", start, end, f"!({text[start:end]})"
        for start, end in statements(region):
            yield "statement", start, end, ";"


def mutants_of(path, text, families):
    """Every mutant of a file, in the order of their places. The second of two alike in a function is in f#2."""
    found = []
    for region in c_code.regions_of(text):
        for kind, start, end, new in changes(text, region, families):
            first = text.rfind("\n", 0, start) + 1
            last = text.find("\n", end)
            old_lines = text[first:last]
            new_lines = text[first:start] + new + text[end:last]
            found.append(Mutant(path, region.name, kind, text.count("\n", 0, start) + 1, squeezed(old_lines),
                                squeezed(new_lines), start, end, new))
    seen = collections.Counter()
    numbered = []
    for mutant in sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.text)):
        key = mutant.place, mutant.old, mutant.new
        seen[key] += 1
        numbered.append(mutant if seen[key] == 1 else mutant._replace(place=f"{mutant.place}#{seen[key]}"))
    return numbered


def rank(*words):
    """A number that looks like chance and is the same for the same words."""
    return hashlib.sha256("\0".join((SEED, *words)).encode()).hexdigest()


def by_line(mutants):
    """For each line of code its mutants, in the order in which they are to be tried."""
    lines = collections.defaultdict(list)
    for mutant in mutants:
        lines[mutant.path, mutant.line].append(mutant)
    return [sorted(some, key=lambda mutant: rank(mutant.path, mutant.place.split("#")[0], mutant.old, mutant.new))
            for _, some in sorted(lines.items())]


def applied(text, mutant):
    """The text of the file with the change in it."""
    return text[:mutant.start] + mutant.text + text[mutant.end:]
