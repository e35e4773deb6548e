"""Parts of pages for staff, whether the admin's or the dashboard's: forms that act once, and charts."""
