"""Dated legal rules as data: thresholds, effects, articles, confidence."""
