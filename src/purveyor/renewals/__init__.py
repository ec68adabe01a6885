"""What happens when a term or a trial ends."""
