"""Processes that are killed between two steps, and one that brings everything to agreement afterwards."""
