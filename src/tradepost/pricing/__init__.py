"""Price lists, tax zones and rates, and the document that totals are made in."""
