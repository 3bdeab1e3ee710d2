"""Lesson 14: many workers, one strategy; what a kill costs, and what a thousand workers would."""
