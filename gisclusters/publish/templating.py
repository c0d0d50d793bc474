"""The templates of pages and figures, and the colours that both use."""

from __future__ import annotations

from typing import Any

LOOKS = {"blocking": "#b10e1e", "approval": "#d98200", "note": "#2b7bba", "undecided": "#7a5bb0",
         "compatible": "#2f8f4e", "within_accuracy": "#8a949e"}  # fmt: skip
"""Colours of the hatches of a figure, by severity, else by verdict."""


def rendered(name: str, **values: Any) -> str:
    """A template of this package filled in; an unknown name in it is an error."""
    import jinja2  # noqa: PLC0415 - slow to import

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gisclusters.publish", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(**values)
