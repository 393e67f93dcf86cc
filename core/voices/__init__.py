"""Voices that speak a text: each engine in a process of its own, with as few rights as can be."""
