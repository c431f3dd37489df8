"""The Micro-credential Observatory: collect, judge, keep and publish what is written on micro-credentials."""

__version__ = "0.1.0"
