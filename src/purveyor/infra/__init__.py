"""Django plumbing shared by every room: transactions, isolation, outbox, jobs, clock, activity."""
