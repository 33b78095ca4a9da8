"""The card: stamps, points, tier, rewards and history of one member."""
