"""The counter screen: find a guest, stamp, redeem, undo."""
