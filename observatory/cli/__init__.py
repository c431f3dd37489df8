"""The command line: click and rich live here and nowhere else. It prints what the conductors return."""
