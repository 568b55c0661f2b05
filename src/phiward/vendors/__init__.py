"""Where text may go: destinations, agreements in force, accepted risks (promise 2)."""
