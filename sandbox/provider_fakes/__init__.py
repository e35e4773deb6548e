"""A page to try each gateway against a fake of its provider, without a key. For ``run.py --fakes``; it uses the tests' fakes."""
