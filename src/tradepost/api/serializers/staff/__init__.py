"""Serializers of what staff ask and are answered: a module for each subject."""
