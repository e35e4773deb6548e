"""Views for staff only: a module for each subject. What a button of the admin does, a call does through the same service."""
