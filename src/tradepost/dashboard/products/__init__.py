"""The section of products: the list, a product's page, its variants as a sheet, its pictures, and its history."""
