"""What others tell us by themselves: signed notices of the card provider."""
