"""`bondsim completion`: what the shell needs to complete commands, names, choices and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bondsim.commands.words import DONE, Words
from bondsim.errors import DataError

_BASH = """\
_bondsim() {
    local IFS=$'\\n' line=${COMP_LINE:0:$COMP_POINT}
    COMPREPLY=($(bondsim completion --line "$line" 2>/dev/null))
    # bash takes = for the end of a word, so it wants only what stands behind
    local word=${line##* }
    [[ $word == *=* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%%=*}="}")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=.] ]] && compopt -o nospace
}
complete -F _bondsim bondsim
"""
_ZSH = """\
#compdef bondsim
_bondsim() {
    local -a found
    found=("${(@f)$(bondsim completion --line "${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
    compadd -S '' -- $found
}
compdef _bondsim bondsim
"""
_FISH = """\
complete -c bondsim -f -a '(bondsim completion --line (commandline -cp) 2>/dev/null)'
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
"""What each shell is to be told, once or at its start."""
SETTING = (
    "run", "sweep", "twin", "channels", "compare", "audit", "response", "sensitivity", "calibrate",
    "validate",
)  # fmt: skip
"""Commands that take names and values."""


def completion(words: list[str], commands: Iterable[str] = ()) -> int:
    """`bondsim completion SHELL`: print the script; with --line what may follow on a line."""
    parser = Words("completion")
    parser.add_argument("SHELL", nargs="?")
    parser.add_argument("--line")
    given = parser.parse_args(words)
    if given.line is not None:
        print("\n".join(candidates(given.line, commands)))
        return DONE
    if given.SHELL not in SCRIPTS:
        fix = f'name one of {", ".join(SCRIPTS)}, as in: eval "$(bondsim completion bash)"'
        raise DataError("bondsim completion", f"no script for {given.SHELL}", fix)
    print(SCRIPTS[given.SHELL], end="")
    return DONE


def candidates(line: str, commands: Iterable[str] = ()) -> list[str]:
    """What the last word of a command line may be, in alphabetical order.

    Of names only the next part: ``population.`` before ``population.presence_mean=``.
    """
    words = line.split()
    last = "" if line[-1:].isspace() else (words.pop() if words else "")
    if len(words) <= 1:
        return sorted(name for name in commands if name.startswith(last))
    if words[1] not in SETTING:
        return []
    name, equals, begun = last.partition("=")
    if equals:
        return sorted(f"{name}={value}" for value in values_of(name) if value.startswith(begun))
    return sorted({_part(full, last) for full in names() if full.startswith(last)})


def names() -> Iterator[str]:
    """Every name that can be set, with its = behind."""
    from bondsim.commands.lists import all_parameters
    from bondsim.config.composing import CHOICES

    yield from (f"{row.path}=" for row in all_parameters())
    yield from (f"{group}=" for group in CHOICES)


def values_of(name: str) -> list[str]:
    """The files of a group of configs, or the words that a parameter can be."""
    from bondsim.commands.lists import all_classes
    from bondsim.config import choices
    from bondsim.config.composing import CHOICES

    if name in CHOICES:
        return choices(name)
    group, _, field = name.rpartition(".")
    for cls in all_classes():
        if group == cls.GROUP or group.startswith(f"{cls.GROUP}."):
            found = cls.__dataclass_fields__.get(field)
            if found is not None:
                given = list(found.metadata["choices"])
                return given or (["on", "off"] if isinstance(found.default, bool) else [])
    return []


def _part(full: str, begun: str) -> str:
    """A name up to the first dot behind what has been typed."""
    dot = full.find(".", len(begun))
    return full if dot < 0 else full[: dot + 1]
