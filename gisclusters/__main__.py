"""``python -m gisclusters``."""

from gisclusters.cli.main import console

console()
