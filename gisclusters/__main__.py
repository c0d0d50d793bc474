"""``python -m gisclusters``."""

from gisclusters.cli.main import main

main()
