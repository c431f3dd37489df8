"""`python -m observatory` and the `observatory` script."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    from observatory.cli.main import cli

    sys.exit(cli())


if __name__ == "__main__":
    main()
