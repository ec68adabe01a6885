"""Place of supply, dated rates, reverse charge, number checks and their evidence."""
