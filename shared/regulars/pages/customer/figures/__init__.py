"""The page that shows an influencer or a partner the figures of their own code."""
