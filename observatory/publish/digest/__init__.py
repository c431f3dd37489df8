"""The policymakers' digest: which period is due, what it can tell, how it reads, where it stands. Pure."""
