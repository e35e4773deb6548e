"""Providers once more, each written anew from its documentation and not from the fake beside it.

Where both authors had read the same sentence in the same way, one fake could not tell that the gateway had, too. These hold the
answers as the documents print them, with what they say of parts, of disputes and of calls that fail by themselves.
"""
