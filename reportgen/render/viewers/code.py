"""Source text with its parts told apart, by Pygments.

Pygments marks nearly every word of a text. Here its kinds are gathered into nine, names and
punctuation are left unmarked, and equal neighbours share a mark: a third of the size.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from reportgen.render.escaping import escaped_text

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# Lexers go by regular expressions, and some texts make those take time without end. So a text has
# bounds, and languages are missing here whose lexers took more than 0.4 s for 32 KiB of any of 90
# marks repeated: C, C++, CSS, HTML, Java, make, Terraform, XML.
_MOST = 32 << 10  # characters
_LONGEST_LINE = 400  # characters
_EMPTY_LINES = re.compile(r"^(?:[ \t\r\f]*\n){12}", re.MULTILINE)

# Lexers by a file's ending or name: those that people log, and no lexer that guesses.
_LEXERS = {
    "py pyi pyw": ("python", "PythonLexer"),
    "json jsonl ndjson geojson ipynb": ("data", "JsonLexer"),
    "yaml yml": ("data", "YamlLexer"),
    "toml": ("configs", "TOMLLexer"),
    "ini cfg conf": ("configs", "IniLexer"),
    "dockerfile": ("configs", "DockerLexer"),
    "sh bash zsh sbatch slurm": ("shell", "BashLexer"),
    "ps1": ("shell", "PowerShellLexer"),
    "r rprofile": ("r", "SLexer"),
    "jl": ("julia", "JuliaLexer"),
    "sql": ("sql", "SqlLexer"),
    "js mjs cjs": ("javascript", "JavascriptLexer"),
    "ts tsx jsx": ("javascript", "TypeScriptLexer"),
    "kt kts": ("jvm", "KotlinLexer"),
    "scala": ("jvm", "ScalaLexer"),
    "go": ("go", "GoLexer"),
    "rs": ("rust", "RustLexer"),
    "m": ("matlab", "MatlabLexer"),
    "lua": ("scripting", "LuaLexer"),
    "diff patch": ("diff", "DiffLexer"),
    "tex": ("markup", "TexLexer"),
    "proto": ("dsls", "ProtoBufLexer"),
    "stan": ("modeling", "StanLexer"),
}
_PLACES = {key: place for keys, place in _LEXERS.items() for key in keys.split()}

# Kinds of Pygments, the most special first, and the class that stands for each.
_KINDS = (
    ("Keyword.Constant", "m"),
    ("Keyword.Type", "t"),
    ("Keyword", "k"),
    ("Operator.Word", "k"),
    ("Comment.Preproc", "d"),
    ("Comment", "c"),
    ("Literal.String", "s"),
    ("Literal.Date", "m"),
    ("Literal.Number", "m"),
    ("Name.Function", "f"),
    ("Name.Class", "t"),
    ("Name.Builtin", "b"),
    ("Name.Exception", "t"),
    ("Name.Decorator", "d"),
    ("Name.Tag", "k"),
    ("Name.Attribute", "f"),
    ("Generic.Deleted", "del"),
    ("Generic.Inserted", "ins"),
    ("Generic.Heading", "k"),
    ("Generic.Subheading", "k"),
)


def language_key(name: str) -> str:
    """What chooses the lexer for a file name: its ending, or the name itself; "" for none."""
    low = name.lower()
    ending = low.rpartition(".")[2]
    return next((key for key in (low, ending) if key in _PLACES), "")


def highlighted(text: str, key: str) -> str | None:
    """The text and a newline as HTML, its parts in spans with classes of one letter.

    None where no lexer goes by that key, and for texts that would take long.
    """
    if key not in _PLACES or len(text) > _MOST:
        return None
    if max(map(len, text.split("\n"))) > _LONGEST_LINE or _EMPTY_LINES.search(text):
        return None
    parts: list[str] = []
    last, held = "", ""
    for kind, piece in _lexer(key).get_tokens(f"{text}\n"):  # some lexers go by whole lines
        name = last if piece.isspace() else _class_of(kind)
        if name != last:
            parts.append(_marked(last, held))
            last, held = name, piece
        else:
            held += piece
    parts.append(_marked(last, held))
    return "".join(parts)


def _marked(name: str, text: str) -> str:
    shown = escaped_text(text)
    return f'<span class="{name}">{shown}</span>' if name and text else shown


@cache
def _lexer(key: str) -> "Lexer":
    from importlib import import_module

    module, name = _PLACES[key]
    lexer: Lexer = getattr(import_module(f"pygments.lexers.{module}"), name)(
        stripnl=False, ensurenl=False
    )
    return lexer


@cache
def _class_of(kind: Any) -> str:
    """The class for a kind of token; "" for what stays unmarked."""
    name = str(kind).removeprefix("Token.")
    return next((mark for start, mark in _KINDS if f"{name}.".startswith(f"{start}.")), "")
