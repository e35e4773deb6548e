"""Promotions, their conditions and benefits, and coupons."""
