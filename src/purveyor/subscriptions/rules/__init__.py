"""Pure decisions of the subscriptions room: no Django, no clock, no I/O."""
