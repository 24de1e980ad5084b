"""What a save sets off: rounds of the background agent, what they find, and the fix on offer."""
