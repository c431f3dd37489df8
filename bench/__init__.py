"""Measures of speed and size, beside what a user would pick instead: `python -m bench`, or `make bench`.

An area is a module here with a table `MEASURES`: name → function of a `Shop` that gives `Row`s. `__main__.AREAS` lists the areas.
Peers (requirements in peers/) are installed into build/bench/, never among our own packages.
"""
