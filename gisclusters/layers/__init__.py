"""What a valid layer of each kind looks like."""
