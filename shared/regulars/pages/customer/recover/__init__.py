"""The page that gives a card back to who lost the device it lives on."""
