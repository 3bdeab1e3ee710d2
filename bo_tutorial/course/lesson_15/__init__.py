"""Lesson 15: three hidden functions, 13 queries each, and a strategy written down before."""
