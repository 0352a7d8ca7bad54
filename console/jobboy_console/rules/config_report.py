"""Tells an operator where the configuration comes from, what was passed over, and where state is kept."""

from __future__ import annotations

from jobboy_console.config import VARIABLE, Config, default_file
from jobboy_console.machine.memory import Memory


def config_text(config: Config, memory: Memory, profile: str = "") -> str:
    """Return the report, several lines of plain text.

    Args:
        config: as it was read.
        memory: what is remembered about the database.
        profile: the one in use, ``""`` for none.
    """
    lines = ["The file", f"  {config.source or 'none: ' + str(default_file()) + ' is not there'}"]
    lines += [f"  read once, at the start; ${VARIABLE} names another one", ""]
    lines += ["Profile in use", f"  {profile or 'none'}", ""]
    lines += ["What it says", *(f"  {line}" for line in _contents(config)), ""]
    lines += ["Warnings", *(f"  {warning}" for warning in config.warnings or ("none",)), ""]
    lines += ["What the console remembers about this database", f"  {memory.place or 'nothing beyond this run'}"]
    if memory.trouble:
        lines.append(f"  {memory.trouble}")
    return "\n".join(lines)


def _contents(config: Config) -> list[str]:
    profiles = [f"{name} (default)" if name == config.default_profile else name for name in config.profiles]
    return [
        f"profiles    {', '.join(profiles) or 'none'}",
        f"views       {', '.join(view.name for view in config.views) or 'none'}",
        f"keys        {', '.join(f'{command} = {keys}' for command, keys in config.keymap.items()) or 'as usual'}",
        f"guardrails  {len(config.guardrails) or 'none'}",
        f"mouse       {'on' if config.mouse else 'off'}",
        f"theme       {config.theme or 'as usual'}{', ASCII only' if config.ascii else ''}",
    ]
