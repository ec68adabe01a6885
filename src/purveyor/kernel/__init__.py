"""Pure words that every room shares: ids, money, periods, actors, refusals, events. Standard library only."""
