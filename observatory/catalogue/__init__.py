"""What the observatory keeps on disk: archive, catalogue, search index, decisions and the write lock."""
