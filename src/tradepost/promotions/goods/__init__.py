"""The goods that promotions are about: which ones, what is left of them, which are given away."""
