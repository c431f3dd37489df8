"""The curators' desk: a site of its own beside the public one, opened from disk, on loopback or as an artefact of CI."""
