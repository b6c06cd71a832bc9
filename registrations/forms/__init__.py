"""What people fill in, cleaned: who they are, how they find their link, who takes their place."""
