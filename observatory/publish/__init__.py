"""What people see: catalogue → pages, feeds, files. Pure but for `site.py`, which renders and writes."""
