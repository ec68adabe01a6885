"""Sentences for refusals, explanations, taxes and states, in the language active now."""
